import writeExcelFile, { type CellObject, type Sheet } from 'write-excel-file/node';
import { isGood, type CheckedLine, type LineStanding, type ListCheck } from '../check-list.ts';
import { dayText, listColumns, listRow, type ListColumn, type TableOptions } from '../list-table.ts';
import { listTexts, standingMarks, standings, standingText, type ListTexts } from '../list-texts.ts';
import type { ReadList } from '../read-list.ts';
import { safeCell } from '../safe-cell.ts';
import { linksAndFilter, type FileContent } from './links-and-filter.ts';

/** What the workbook says of itself. */
export interface WorkbookFacts extends TableOptions {
  /** Name of the list's file, without folders. */
  readonly source: string;
  readonly now: Date;
}

/** The checked list as a workbook of three sheets: the lines, a summary, a legend. @returns its bytes */
export async function writeListXlsx(read: ReadList, check: ListCheck, facts: WorkbookFacts): Promise<Uint8Array> {
  const texts = listTexts[facts.language];
  const rows = check.lines.map((line) => ({ line, row: listRow(line, check.images, facts) }));
  const linkColumn = listColumns.indexOf('link');
  const links = rows.flatMap(({ row: { link } }, index) => (typeof link === 'string' && /^https?:\/\//.test(link) ? [{ row: index + 1, column: linkColumn, target: link }] : []));
  const sheets: Sheet<FileContent>[] = [
    {
      sheet: texts.sheets.lines,
      ...table([listColumns.map((column) => header(texts.columns[column])), ...rows.map(({ line, row }) => listColumns.map((column) => lineCell(column, row[column], line)))], listColumns.map((column) => widths[column])),
    },
    { sheet: texts.sheets.summary, ...table(summaryRows(read, check, facts, texts), [44, 14, 14, 70]) },
    { sheet: texts.sheets.legend, ...table(legendRows(facts, texts), [8, 44, 100]) },
  ];
  const feature = linksAndFilter({ sheet: 0, columns: listColumns.length, rows: rows.length + 1, links });
  return await writeExcelFile(sheets, { fontFamily: 'Calibri', fontSize: 11, features: [feature] }).toBuffer();
}

const widths: Readonly<Record<ListColumn, number>> = { sheet: 10, row: 8, asked: 32, quantity: 12, model: 26, confidence: 13, mark: 6, standing: 28, reasons: 56, needs: 28, validUntil: 14, others: 28, link: 26 };

/**
 * Fills that stay apart for colour-blind eyes and on grey paper: what works is light and cool, what does not is dark and warm, what nobody
 * knows has no colour but grey. The mark and the word say the same without any colour.
 */
export const standingColours: Readonly<Record<LineStanding, Pick<CellObject, 'backgroundColor' | 'textColor' | 'fontWeight' | 'fontStyle'>>> = {
  certified: { backgroundColor: '#0B5D4A', textColor: '#FFFFFF', fontWeight: 'bold' },
  works: { backgroundColor: '#BCE3D2', textColor: '#00352A' },
  'works-with-limits': { backgroundColor: '#E3EFB5', textColor: '#2F3600' },
  'expected-to-work': { backgroundColor: '#D3E7FA', textColor: '#06304F' },
  'public-lists': { backgroundColor: '#EDEAE2', textColor: '#3B3320', fontStyle: 'italic' },
  'not-tested': { backgroundColor: '#E4E4E4', textColor: '#333333', fontStyle: 'italic' },
  conflicting: { backgroundColor: '#E2D3F4', textColor: '#2E0F57' },
  'expected-not-to-work': { backgroundColor: '#F8C9AE', textColor: '#571F00' },
  'does-not-work': { backgroundColor: '#9C1C14', textColor: '#FFFFFF', fontWeight: 'bold' },
  'several-models': { backgroundColor: '#FFF0B8', textColor: '#403100' },
  'only-alike': { backgroundColor: '#F4F4F4', textColor: '#333333', fontStyle: 'italic' },
  'not-known': { backgroundColor: '#FFFFFF', textColor: '#333333', fontStyle: 'italic' },
};

type Rows = (CellObject | null)[][];

/** A sheet with its first row frozen, and rows as high as their texts need: not every program works that out by itself. */
function table(data: Rows, columns: readonly number[]): Pick<Sheet<FileContent>, 'data' | 'columns' | 'stickyRowsCount' | 'orientation'> {
  const high = data.map((cells) => {
    const lines = Math.max(1, ...cells.map((cell, column) => linesOf(cell, (columns[column] ?? 10) + (cell?.columnSpan === undefined ? 0 : 60))));
    const [first, ...others] = cells;
    return first === undefined ? [] : [first === null ? null : { ...first, height: Math.min(409, 4 + lines * 15) }, ...others];
  });
  return { data: high, columns: columns.map((width) => ({ width })), stickyRowsCount: 1, orientation: 'landscape' };
}

/** How many lines a text takes in a column; words break a little before its end. */
function linesOf(cell: CellObject | null, width: number): number {
  const value = typeof cell?.value === 'string' ? cell.value : '';
  return value.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil((line.length * 1.08) / width)), 0);
}

function lineCell(column: ListColumn, value: string | number, { standing }: CheckedLine): CellObject {
  if (column === 'mark' || column === 'standing') return { ...text(String(value)), ...standingColours[standing], ...(column === 'mark' ? { align: 'center' as const } : {}) };
  return typeof value === 'number' ? number(value) : text(value);
}

function summaryRows(read: ReadList, check: ListCheck, { language, source, now }: WorkbookFacts, texts: ListTexts): Rows {
  const own = texts.summary;
  const present = standings.filter((standing) => check.counts[standing] !== undefined);
  const quantityOf = (standing: LineStanding): number => check.lines.reduce((sum, { standing: each, line }) => sum + (each === standing ? (line.quantity.value ?? 0) : 0), 0);
  const open = check.lines.filter(({ match }) => match.kind !== 'one');
  const facts: readonly (readonly [string, string | number])[] = [
    [own.source, source],
    [own.checkedOn, dayText(now.toISOString(), language)],
    [own.images, check.images.join(', ')],
    [own.lines, check.lines.length],
    [own.good, check.lines.filter(({ standing }) => isGood[standing]).length],
  ];
  return [
    [header(texts.sheets.summary), header(''), header(''), header('')],
    ...facts.map(([name, value]): Rows[number] => [text(name), typeof value === 'number' ? { ...number(value), align: 'left' } : { ...text(value), columnSpan: 3 }, ...(typeof value === 'number' ? [] : [null, null])]),
    [],
    [header(texts.columns.standing), header(own.count), header(texts.columns.quantity), header(own.meaning)],
    ...present.map((standing): Rows[number] => [
      { ...text(`${standingMarks[standing]} ${standingText(standing, language)}`), ...standingColours[standing] },
      number(check.counts[standing] ?? 0),
      number(quantityOf(standing)),
      text(texts.meaning[standing]),
    ]),
    ...section([own.unmatched, texts.columns.sheet, texts.columns.row, texts.columns.others], open.map(({ line, match }) => [line.text, line.sheet, line.row, match.others.map(({ name }) => name).join('\n')])),
    ...section([own.skipped, texts.columns.sheet, texts.columns.row, texts.columns.reasons], read.skipped.map(({ text: shown, sheet, row, reason }) => [shown, sheet, row, texts.skipped[reason]])),
    ...section([own.sheetsLeftOut, '', '', texts.columns.reasons], read.sheetsLeftOut.map(({ sheet, reason }) => [sheet, '', '', texts.sheetLeftOut[reason]])),
  ];
}

/** A heading and its rows, after an empty row; nothing when there are no rows. */
function section(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): Rows {
  if (rows.length === 0) return [];
  return [[], heads.map(header), ...rows.map((row) => row.map((value): CellObject => (typeof value === 'number' ? { ...number(value), align: 'left' } : text(value))))];
}

function legendRows({ language }: WorkbookFacts, texts: ListTexts): Rows {
  return [
    [header(texts.columns.mark), header(texts.columns.standing), header(texts.summary.meaning)],
    ...standings.map((standing): Rows[number] => [{ ...text(standingMarks[standing]), ...standingColours[standing], align: 'center' }, { ...text(standingText(standing, language)), ...standingColours[standing] }, text(texts.meaning[standing])]),
    [],
    ...texts.notes.map((note): Rows[number] => [{ ...text(note), columnSpan: 3 }, null, null]),
  ];
}

function header(value: string): CellObject {
  return { ...text(value), fontWeight: 'bold', backgroundColor: '#1F2D3D', textColor: '#FFFFFF' };
}

const frame = { borderStyle: 'thin', borderColor: '#C8CDD2' } as const;

function number(value: number): CellObject {
  return { ...frame, value, type: Number, align: 'center', alignVertical: 'top' };
}

/** Always a text to the spreadsheet program, never a formula, number or date. */
function text(value: string): CellObject {
  return { ...frame, value: safeCell(value), type: String, format: '@', wrap: true, alignVertical: 'top' };
}
