import { decodeText, type TextEncoding } from './decode-text.ts';
import { listLines, type ListLine, type SkippedRow } from './list-lines.ts';
import { listTexts } from './list-texts.ts';
import { readCsv } from './read-csv.ts';
import { refusal, saveAsXlsx, saveWithoutPassword } from './refuse-list.ts';
import { listLimits, type Sheet } from './sheet.ts';
import { isOds, readOds } from './ods/read-ods.ts';
import { readXlsx } from './xlsx/read-xlsx.ts';
import { unzipGuarded } from './xlsx/unzip-guarded.ts';

export type { ListLine, SkippedRow, SkipReason } from './list-lines.ts';

/** A list of things to buy, as it was read. */
export interface ReadList {
  readonly format: 'csv' | 'xlsx' | 'ods';
  readonly encoding: TextEncoding | undefined;
  readonly lines: readonly ListLine[];
  /** Rows that are no line: headings, totals, rows without a name. */
  readonly skipped: readonly SkippedRow[];
  /** Sheets that were not read, with the reason. */
  readonly sheetsLeftOut: readonly { readonly sheet: string; readonly reason: 'hidden' | 'no-lines' }[];
}

/**
 * Reads a list from the bytes of a file; its name does not count, what it is shows in its bytes. CSV with any separator in UTF-8,
 * UTF-16 or windows-1251, XLSX, or OpenDocument (.ods). Touches nothing but the bytes: no file, no network, no clock.
 * @throws HwlabError `list-too-big`, `list-not-readable`, `list-hostile` or `list-empty`, blame `usage`
 */
export async function readList(bytes: Uint8Array): Promise<ReadList> {
  if (bytes.length > listLimits.bytes) throw tooBig(bytes.length);
  const { sheets, hidden, format, encoding } = await readSheets(bytes);
  const checkedBefore = sheets.filter(({ rows: [first] }) => first?.cells.some((cell) => ownHeads.has(cell)));
  const read = (checkedBefore.length > 0 ? checkedBefore : sheets).map((sheet) => ({ sheet: sheet.name, ...listLines(sheet) }));
  const lines = read.flatMap((each) => each.lines);
  if (lines.length === 0) throw refusal('list-empty', ['the list has no line that names something', 'в списке нет ни одной строки с названием'], ['it needs a column with names or models, best with a header such as "Наименование" or "Name"', 'нужен столбец с названиями или моделями, лучше с заголовком «Наименование»']);
  return {
    format,
    encoding,
    lines,
    skipped: read.flatMap((each) => each.skipped),
    sheetsLeftOut: [...hidden.map((sheet) => ({ sheet, reason: 'hidden' as const })), ...read.filter((each) => each.lines.length === 0).map(({ sheet }) => ({ sheet, reason: 'no-lines' as const }))],
  };
}

/** Heads by which a file that we wrote is known: its other sheets are no lists. */
const ownHeads: ReadonlySet<string> = new Set(Object.values(listTexts).map(({ columns }) => columns.asked));

/** The refusal of a file that is too big; for those who know its size before they read it. */
export function tooBig(bytes: number): Error {
  return refusal('list-too-big', [`the file has ${Math.ceil(bytes / 1024 / 1024)} MB, at most ${listLimits.bytes / 1024 / 1024} MB are read`, `в файле ${Math.ceil(bytes / 1024 / 1024)} МБ, читается не больше ${listLimits.bytes / 1024 / 1024} МБ`], ['keep the sheets with the list and remove pictures, or divide it', 'оставьте листы со списком и уберите картинки или разделите файл']);
}

interface Sheets {
  readonly format: ReadList['format'];
  readonly encoding: TextEncoding | undefined;
  readonly sheets: readonly Sheet[];
  readonly hidden: readonly string[];
}

/** A workbook, by what its archive holds. */
async function readZipped(bytes: Uint8Array): Promise<Omit<Sheets, 'encoding'>> {
  const parts = await unzipGuarded(bytes);
  return (await isOds(parts)) ? { format: 'ods', ...(await readOds(parts)) } : { format: 'xlsx', ...(await readXlsx(parts)) };
}

async function readSheets(bytes: Uint8Array): Promise<Sheets> {
  const starts = (...wanted: readonly number[]): boolean => wanted.every((byte, index) => bytes[index] === byte);
  if (bytes.length === 0) throw refusal('list-empty', ['the file is empty', 'файл пустой'], ['give the file with the list', 'отправьте файл со списком']);
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x50, 0x4b, 0x05, 0x06)) return { encoding: undefined, ...(await readZipped(bytes)) };
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) throw refusal('list-not-readable', ['the file is an old .xls workbook, or one with a password', 'это старая книга .xls или книга с паролем'], saveWithoutPassword);
  if (starts(0x25, 0x50, 0x44, 0x46)) throw refusal('list-not-readable', ['the file is a PDF', 'это PDF'], ['ask for the list as a spreadsheet', 'попросите список в виде таблицы']);
  if (starts(0x1f, 0x8b) || starts(0x52, 0x61, 0x72, 0x21) || starts(0x37, 0x7a, 0xbc, 0xaf)) throw refusal('list-not-readable', ['the file is an archive', 'это архив'], ['unpack it and give the list that is in it', 'распакуйте его и отправьте список, который внутри']);
  const { text, encoding } = decodeText(bytes);
  if (/^\s*<(?:\?xml|!doctype|html)/i.test(text)) throw refusal('list-not-readable', ['the file is a web page or XML, whatever its name says', 'это веб-страница или XML, что бы ни говорило имя файла'], saveAsXlsx);
  return { format: 'csv', encoding, sheets: [readCsv(text)], hidden: [] };
}
