import { encodeCode128 } from './code-128.ts';
import { sheetCodeText, type SheetCode } from './sheet-code.ts';
import { bubble, bubbleRadius, choices, code, markSide, marks, questions, sheetSize } from './sheet-layout.ts';

const point = 72 / 25.4;
/** Bars are drawn narrower by so many millimetres, since a printer blackens every dot that they touch. */
const inkSpread = 0.12;

/** A PDF of answer sheets, one A4 page each, all drawn with lines, boxes and one of the fonts that every printer has. */
export function examPdf(sheets: readonly SheetCode[]): Uint8Array {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '', '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  const kids = sheets.map((sheet) => {
    const drawing = draw(sheet);
    const contents = objects.push(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`);
    const box = `[0 0 ${millimetres(sheetSize.width)} ${millimetres(sheetSize.height)}]`;
    return objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Resources << /Font << /F1 3 0 R >> >> /Contents ${contents} 0 R >>`);
  });
  objects[1] = `<< /Type /Pages /Kids [${kids.map((number) => `${number} 0 R`).join(' ')}] /Count ${kids.length} >>`;
  let file = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(`${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`, 'latin1');
}

function draw(sheet: SheetCode): string {
  const text = sheetCodeText(sheet);
  const parts = [
    ...marks.flatMap(({ x, y }, index) => [box(x - markSide / 2, y - markSide / 2, markSide, markSide), ...(index === 0 ? ['1 g', box(x - markSide / 4, y - markSide / 4, markSide / 2, markSide / 2), '0 g'] : [])]),
    write(30, 20, 14, `Answer sheet  ${sheet.exam}  page ${sheet.page} of ${sheet.pages}`),
    write(code.x, 50, 9, text),
    write(30, 66, 11, `Student ${sheet.student}. Fill one circle in each row with a black pen.`),
  ];
  let x = code.x;
  for (const [index, modules] of encodeCode128(text).entries()) {
    if (index % 2 === 0) parts.push(box(x + inkSpread / 2, code.y, modules * code.module - inkSpread, code.height));
    x += modules * code.module;
  }
  for (let question = 0; question < questions; question += 1) {
    parts.push(write(40, bubble(question, 0).y + 1.5, 11, String(question + 1)));
    for (let choice = 0; choice < choices; choice += 1) parts.push(circle(bubble(question, choice), bubbleRadius));
  }
  return parts.join('\n');
}

const millimetres = (value: number): string => (value * point).toFixed(3);
/** PDF counts from the bottom. */
const down = (y: number): string => millimetres(sheetSize.height - y);

function box(x: number, y: number, width: number, height: number): string {
  return `${millimetres(x)} ${down(y + height)} ${millimetres(width)} ${millimetres(height)} re f`;
}

function write(x: number, y: number, size: number, text: string): string {
  return `BT /F1 ${size} Tf ${millimetres(x)} ${down(y)} Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
}

/** A circle of four Bezier curves, drawn with a thin line. */
function circle({ x, y }: { readonly x: number; readonly y: number }, radius: number): string {
  const k = radius * 0.5523;
  const at = (dx: number, dy: number): string => `${millimetres(x + dx)} ${down(y + dy)}`;
  const curve = (...points: readonly (readonly [number, number])[]): string => `${points.map(([dx, dy]) => at(dx, dy)).join(' ')} c`;
  return [
    '0.7 w',
    `${at(radius, 0)} m`,
    curve([radius, k], [k, radius], [0, radius]),
    curve([-k, radius], [-radius, k], [-radius, 0]),
    curve([-radius, -k], [-k, -radius], [0, -radius]),
    curve([k, -radius], [radius, -k], [radius, 0]),
    's',
  ].join('\n');
}
