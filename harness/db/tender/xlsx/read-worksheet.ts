import { divide, refusal } from '../refuse-list.ts';
import { cleanCell, listLimits, type SheetRow } from '../sheet.ts';
import { unescaped } from './read-workbook.ts';
import { readXml } from './read-xml.ts';
import { hostile } from './unzip-guarded.ts';

/** An area of merged cells; rows from 1, columns from 0, both ends within. */
interface Merged {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

const mostMerged = 20_000;
/** Cells that merged areas may fill: areas that lie over one another would fill the same again and again. */
const mostFilled = 200_000;

/**
 * The rows of a worksheet that hold anything, with the text of merged cells in each row that they cover (ECMA-376 part 1, 18.3.1).
 * Formulas are never run: what counts is the value that was saved with them.
 * @param rowsLeft how many rows the list may still have
 */
export function readWorksheet(part: string, bytes: Uint8Array, sharedStrings: readonly string[], rowsLeft: number): readonly SheetRow[] {
  const rows: MutableRow[] = [];
  const merged: Merged[] = [];
  // A row without anything in it costs nothing: there may be a million.
  let row: MutableRow | undefined;
  let rowNumber = 0;
  let column = -1;
  let type = 'n';
  let text = '';
  let reading = false;
  // Phonetic guides repeat the text in another script.
  let inPhonetic = false;
  const filledRow = (): MutableRow => {
    if (row !== undefined) return row;
    if (rows.length >= rowsLeft) throw refusal('list-too-big', [`the list has more than ${listLimits.rows} rows`, `в списке больше ${listLimits.rows} строк`], divide);
    row = { number: rowNumber, cells: [], fromAbove: new Set(), wide: new Set() };
    rows.push(row);
    return row;
  };
  readXml(part, bytes, {
    open: (name, attributes) => {
      switch (name) {
        case 'row':
          rowNumber = rowOf(attributes['r']) ?? rowNumber + 1;
          row = undefined;
          column = -1;
          break;
        case 'c':
          column = columnOf(attributes['r']) ?? column + 1;
          type = attributes['t'] ?? 'n';
          text = '';
          break;
        case 'v':
        case 't':
          reading = !inPhonetic;
          break;
        case 'rPh':
          inPhonetic = true;
          break;
        case 'mergeCell': {
          const area = areaOf(attributes['ref']);
          if (area) merged.push(area);
          if (merged.length > mostMerged) throw hostile([`${part} has more than ${mostMerged} merged areas`, `в ${part} больше ${mostMerged} объединённых областей`]);
        }
      }
    },
    close: (name) => {
      if (name === 'v' || name === 't') reading = false;
      if (name === 'rPh') inPhonetic = false;
      if (name === 'c' && text !== '') {
        const value = valueOf(type, text, sharedStrings);
        if (value !== '' && column >= listLimits.columns) throw refusal('list-too-big', [`row ${rowNumber} has a column ${column + 1}, at most ${listLimits.columns} are read`, `в строке ${rowNumber} есть столбец ${column + 1}, читается не больше ${listLimits.columns}`], ['remove the columns that are not needed', 'удалите лишние столбцы']);
        if (value !== '') filledRow().cells[column] = value;
      }
    },
    text: (piece) => void (reading && text.length <= listLimits.cellText && (text += piece)),
  });
  rows.sort((left, right) => left.number - right.number);
  for (const each of rows) each.cells = Array.from(each.cells, (cell) => cell ?? '');
  spread(part, rows, merged);
  return rows;
}

interface MutableRow extends SheetRow {
  cells: string[];
  readonly fromAbove: Set<number>;
  readonly wide: Set<number>;
}

/** Writes the text of merged areas into the rows below their first, in the column where they begin. */
function spread(part: string, rows: readonly MutableRow[], merged: readonly Merged[]): void {
  let filled = 0;
  for (const { top, left, bottom, right } of merged) {
    const first = indexFrom(rows, top);
    const head = rows[first];
    if (head === undefined || head.number !== top) continue;
    if (right > left) head.wide.add(left);
    const text = head.cells[left] ?? '';
    if (text === '' || left >= listLimits.columns) continue;
    for (let index = first + 1; index < rows.length; index += 1) {
      const row = rows[index];
      if (row === undefined || row.number > bottom) break;
      filled += 1;
      if (filled > mostFilled) throw hostile([`the merged areas of ${part} lie over one another`, `объединённые области в ${part} перекрываются`]);
      while (row.cells.length < left) row.cells.push('');
      row.cells[left] = text;
      row.fromAbove.add(left);
      if (right > left) row.wide.add(left);
    }
  }
}

/** Index of the first row that is not above `number`. */
function indexFrom(rows: readonly SheetRow[], number: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.number ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function valueOf(type: string, text: string, sharedStrings: readonly string[]): string {
  switch (type) {
    case 's':
      return sharedStrings[Number(text)] ?? '';
    case 'n':
      return plainNumber(text);
    case 'b':
      return text === '1' ? '+' : '';
    case 'e':
      return '';
    default:
      return cleanCell(unescaped(text));
  }
}

/** `15` of `15.000000000000002`, and no exponent in a long article number. */
function plainNumber(text: string): string {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return cleanCell(text);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(Number(value.toPrecision(12)));
}

function rowOf(reference: string | undefined): number | undefined {
  const number = Number(reference?.replace(/^[A-Z]+/i, ''));
  return Number.isInteger(number) && number >= 1 && number <= 1_048_576 ? number : undefined;
}

function columnOf(reference: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d/i.exec(reference ?? '')?.[1]?.toUpperCase();
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function areaOf(reference: string | undefined): Merged | undefined {
  const [from, to = from] = (reference ?? '').replaceAll('$', '').split(':');
  const top = rowOf(from);
  const left = columnOf(from);
  const bottom = rowOf(to);
  const right = columnOf(to);
  return top === undefined || left === undefined || bottom === undefined || right === undefined ? undefined : { top, left, bottom, right };
}
