import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive, and what the archive says of it where that is a lie. */
export interface ZipPart {
  readonly content: string | Uint8Array;
  readonly stored?: boolean;
  readonly says?: { readonly size?: number; readonly crc?: number; readonly encrypted?: boolean };
}

/** A zip archive (APPNOTE 4.3) of the parts by name, or of pairs; names are written as they are. */
export function makeZip(parts: Readonly<Record<string, string | ZipPart>> | Iterable<readonly [string, string | ZipPart]>): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const list = Symbol.iterator in parts ? [...(parts as Iterable<readonly [string, string | ZipPart]>)] : Object.entries(parts);
  for (const [name, given] of list) {
    const part: ZipPart = typeof given === 'string' ? { content: given } : given;
    const content = Buffer.from(part.content as string);
    const data = part.stored ? content : deflateRawSync(content);
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(part.says?.encrypted ? 0x801 : 0x800, 0);
    facts.writeUInt16LE(part.stored ? 0 : 8, 2);
    facts.writeUInt32LE(part.says?.crc ?? crc32(content), 8);
    facts.writeUInt32LE(data.length, 12);
    facts.writeUInt32LE(part.says?.size ?? content.length, 16);
    facts.writeUInt16LE(Buffer.byteLength(name), 20);
    const local = Buffer.concat([Buffer.from('PK\x03\x04\x14\x00', 'latin1'), facts, Buffer.alloc(2), Buffer.from(name), data]);
    const rest = Buffer.alloc(16);
    rest.writeUInt32LE(offset, 12);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00\x14\x00', 'latin1'), facts, rest.subarray(0, 16), Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(list.length, 4);
  end.writeUInt16LE(list.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A sheet of a workbook: rows of cells, or its XML as it is. */
export interface TestSheet {
  readonly name: string;
  readonly state?: 'hidden' | 'veryHidden';
  readonly rows?: readonly (readonly (string | number | null)[])[];
  readonly merged?: readonly string[];
  readonly xml?: string;
}

/** The parts of a small workbook; `change` replaces or adds parts. */
export function workbookParts(sheets: readonly TestSheet[], change: Readonly<Record<string, string | ZipPart>> = {}): Record<string, string | ZipPart> {
  return {
    '_rels/.rels': `<Relationships><Relationship Id="r1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${sheets.map(({ name, state }, index) => `<sheet name="${name}" sheetId="${index + 1}"${state ? ` state="${state}"` : ''} r:id="r${index + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${sheets.map((_sheet, index) => `<Relationship Id="r${index + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}<Relationship Id="rs" Type="${relations}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
    'xl/sharedStrings.xml': `<sst xmlns="${main}"></sst>`,
    ...Object.fromEntries(sheets.map((sheet, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheet.xml ?? sheetXml(sheet)])),
    ...change,
  };
}

function sheetXml({ rows = [], merged = [] }: TestSheet): string {
  const cell = (value: string | number | null, row: number, column: number): string => {
    const at = `${String.fromCharCode(65 + column)}${row + 1}`;
    if (value === null) return '';
    return typeof value === 'number' ? `<c r="${at}"><v>${value}</v></c>` : `<c r="${at}" t="inlineStr"><is><t>${value.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</t></is></c>`;
  };
  const data = rows.map((cells, row) => `<row r="${row + 1}">${cells.map((value, column) => cell(value, row, column)).join('')}</row>`).join('');
  return `<worksheet xmlns="${main}"><sheetData>${data}</sheetData>${merged.length > 0 ? `<mergeCells>${merged.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>` : ''}</worksheet>`;
}
