import { findColumns, naming, rolesOf, type ColumnRole, type Columns } from './find-columns.ts';
import { parseQuantity, quantityInName, type Quantity } from './parse-quantity.ts';
import type { Sheet, SheetRow } from './sheet.ts';

/** One thing that somebody wants to buy. */
export interface ListLine {
  readonly sheet: string;
  /** Row in the sheet, from 1. */
  readonly row: number;
  /** What stands in the list, for people. */
  readonly text: string;
  /** What to look for, the most telling first: USB id, article, vendor and model, name, its first line. */
  readonly asks: readonly string[];
  readonly quantity: Quantity;
}

export type SkipReason = 'total' | 'section' | 'column-numbers' | 'header-again' | 'continued' | 'no-name' | 'before-header' | 'after-total';

/** A row that is no line, and why, so that nothing vanishes without a word. */
export interface SkippedRow {
  readonly sheet: string;
  readonly row: number;
  readonly text: string;
  readonly reason: SkipReason;
}

export interface SheetLines {
  readonly lines: readonly ListLine[];
  readonly skipped: readonly SkippedRow[];
}

/** The lines of a sheet. */
export function listLines(sheet: Sheet): SheetLines {
  const columns = findColumns(sheet.rows);
  const lines: ListLine[] = [];
  const skipped: SkippedRow[] = [];
  let afterTotal = false;
  for (const row of sheet.rows) {
    if (row === columns.header) continue;
    const read = readRow(row, columns, afterTotal);
    if (typeof read !== 'string') lines.push({ sheet: sheet.name, row: row.number, ...read });
    else skipped.push({ sheet: sheet.name, row: row.number, text: shown(row.cells), reason: read });
    afterTotal = read === 'total' || (afterTotal && typeof read === 'string');
  }
  return { lines, skipped };
}

/** Characters of what is looked for, and of what is shown: a cell may be a page of requirements. */
const longestAsk = 300;
const longestShown = 1000;

const total = /^(?:итого|всего|общая сумма|общее количество|в том числе|в т\.? ?ч\.|подытог|(?:sub|grand )?-?total|sum)(?![\p{L}\p{N}])/iu;
const sectionWord = /^(?:раздел|подраздел|лот|часть|глава|категория|группа|этап|приложение|section|lot|part|chapter|category|group)\b|^(?:раздел|подраздел|лот|часть|глава|категория|группа|этап|приложение)(?![\p{L}])/iu;
const numbering = /^(?:\d{1,3}(?:\.\d{1,2})?[.)]|[-–—•*·])\s+/u;

/** @param afterTotal no line came since a total; lone texts there are terms and signatures */
function readRow(row: SheetRow, { header, roles }: Columns, afterTotal: boolean): Pick<ListLine, 'text' | 'asks' | 'quantity'> | SkipReason {
  const filled = row.cells.filter((cell) => cell !== '');
  const [first = ''] = filled;
  if (header !== undefined && row.number < header.number) return 'before-header';
  if (filled.some((cell) => total.test(cell))) return 'total';
  if (header !== undefined && (saysTheSame(row, roles) || goesOn(header, row, roles))) return 'header-again';
  if (filled.length > 2 && filled.every((cell, index) => Number(cell) === index + Number(first))) return 'column-numbers';
  const of = (role: ColumnRole): string => [...roles].flatMap(([column, own]) => (own === role ? [row.cells[column] ?? ''] : []))[0] ?? '';
  const named = [...roles].filter(([, role]) => naming.has(role)).flatMap(([column]) => (row.cells[column] ? [column] : []));
  if (named.length === 0) return filled.length === 1 && /\p{L}{3}/u.test(first) ? 'section' : 'no-name';
  if (filled.length === 1 && afterTotal) return 'after-total';
  if (filled.length === 1 && isSection(row, first, [...roles.values()].includes('quantity'))) return 'section';
  const counted = parseQuantity(of('quantity'));
  const ownQuantity = counted.text !== '' && ![...roles].some(([column, role]) => role === 'quantity' && row.fromAbove.has(column));
  if (named.every((column) => row.fromAbove.has(column)) && !ownQuantity) return 'continued';

  const inName = counted.text === '' ? quantityInName(of('name')) : { name: of('name'), quantity: counted };
  const name = inName.name.replace(numbering, '');
  const { vendor, model } = { vendor: of('vendor'), model: of('model').replace(numbering, '') };
  const withVendor = (text: string): string => (vendor === '' || text === '' || text.toLowerCase().includes(vendor.toLowerCase()) ? text : `${vendor} ${text}`);
  const [firstLine = ''] = name.split('\n');
  const asks = [of('usb'), withVendor(of('article')), of('article'), withVendor(model), withVendor(name.replaceAll('\n', ' ')), withVendor(firstLine)].filter((ask) => ask !== '');
  return { text: shown([name, vendor, model, of('article'), of('usb')]), asks: [...new Set(asks.map((ask) => ask.slice(0, longestAsk)))], quantity: inName.quantity };
}

/** A lone text is a heading of what follows when it is as wide as a heading, begins like one, or names no number while lines have quantities. */
function isSection(row: SheetRow, text: string, quantities: boolean): boolean {
  return sectionWord.test(text) || text.endsWith(':') || row.wide.size > 0 || (quantities && !/\d/.test(text));
}

/** The second row of a header whose cells are merged over both. */
function goesOn(header: SheetRow, row: SheetRow, roles: ReadonlyMap<number, ColumnRole>): boolean {
  return [...roles].some(([column, role]) => naming.has(role) && row.fromAbove.has(column) && row.cells[column] === header.cells[column]);
}

/** The header once more, as on each page of a printed list. */
function saysTheSame(row: SheetRow, roles: ReadonlyMap<number, ColumnRole>): boolean {
  if (roles.size < 2 || [...roles.keys()].some((column) => !row.cells[column])) return false;
  const own = rolesOf(row);
  return own.size === roles.size && [...own].every(([column, role]) => roles.get(column) === role);
}

/** Cells on one line; what another cell says already is left out. */
function shown(cells: readonly string[]): string {
  const texts = cells.map((cell) => cell.replaceAll('\n', ' ')).filter((cell) => cell !== '');
  return texts.filter((text, index) => !texts.some((other, place) => place !== index && (other.length > text.length || (other.length === text.length && place < index)) && other.toLowerCase().includes(text.toLowerCase()))).join(' · ').slice(0, longestShown);
}
