import { divide, refusal, saveWithoutPassword } from '../refuse-list.ts';
import { cleanCell, listLimits, type Sheet, type SheetRow } from '../sheet.ts';
import { readXml } from '../xlsx/read-xml.ts';
import type { UnzippedParts } from '../xlsx/unzip-guarded.ts';

const spreadsheetType = 'application/vnd.oasis.opendocument.spreadsheet';

/** Whether an archive is an OpenDocument spreadsheet or a template of one (OpenDocument 1.3 part 2, 3.3). */
export async function isOds(parts: UnzippedParts): Promise<boolean> {
  const type = await parts.read('mimetype');
  return type !== undefined && Buffer.from(type).toString('latin1').trim().startsWith(spreadsheetType);
}

/**
 * The visible sheets of an OpenDocument spreadsheet as text (part 3, 9): what a cell shows, never its formula. Merged cells count for each row that they cover.
 * @throws HwlabError `list-too-big`, `list-not-readable` or `list-hostile`
 */
export async function readOds(parts: UnzippedParts): Promise<{ readonly sheets: readonly Sheet[]; readonly hidden: readonly string[] }> {
  const manifest = await parts.read('META-INF/manifest.xml');
  const content = await parts.read('content.xml');
  if (manifest !== undefined) readXml('META-INF/manifest.xml', manifest, { open: (name) => {
    if (name === 'encryption-data') throw refusal('list-not-readable', ['the workbook has a password', 'книга защищена паролем'], saveWithoutPassword);
  } });
  if (content === undefined) throw refusal('list-not-readable', ['the workbook is damaged: it has no content.xml', 'книга повреждена: в ней нет content.xml'], ['copy or download it again', 'скопируйте или скачайте её снова']);
  const reader = new OdsReader();
  readXml('content.xml', content, { open: (name, attributes) => reader.open(name, attributes), close: (name) => reader.close(name), text: (text) => reader.text(text) });
  return { sheets: reader.sheets, hidden: reader.hidden };
}

interface OdsRow extends SheetRow {
  cells: string[];
  readonly fromAbove: Set<number>;
  readonly wide: Set<number>;
}

/** A merged cell that goes on in the rows below it. */
interface Covering {
  readonly text: string;
  readonly wide: boolean;
  /** Last row, from 1. */
  readonly until: number;
}

class OdsReader {
  readonly sheets: { readonly name: string; readonly rows: OdsRow[] }[] = [];
  readonly hidden: string[] = [];
  /** Styles of tables that are not shown. */
  readonly #hiddenStyles = new Set<string>();
  #style = '';
  #sheet: { readonly name: string; readonly rows: OdsRow[] } | undefined;
  #isHidden = false;
  #rows = 0;
  #rowNumber = 0;
  #rowRepeated = 1;
  #row: OdsRow | undefined;
  #column = 0;
  #cell: { readonly repeated: number; readonly wide: boolean; readonly rows: number } | undefined;
  #text = '';
  #paragraphs = 0;
  /** How deep inside comments and drawings, whose text is none of the cell's. */
  #beside = 0;
  #covering = new Map<number, Covering>();

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const value = (local: string): string => attributes[`table:${local}`] ?? '';
    if (name === 'annotation' || name === 'shapes' || name === 'custom-shape' || name === 'frame') this.#beside += 1;
    switch (name) {
      case 'style':
        this.#style = attributes['style:name'] ?? '';
        break;
      case 'table-properties':
        if (value('display') === 'false') this.#hiddenStyles.add(this.#style);
        break;
      case 'table':
        if (this.sheets.length + this.hidden.length >= listLimits.sheets) throw refusal('list-too-big', [`the workbook has more than ${listLimits.sheets} sheets`, `в книге больше ${listLimits.sheets} листов`], ['keep the sheets with the list', 'оставьте листы со списком']);
        this.#sheet = { name: cleanCell(value('name')).slice(0, 64), rows: [] };
        this.#isHidden = this.#hiddenStyles.has(value('style-name'));
        this.#rowNumber = 0;
        this.#covering = new Map();
        break;
      case 'table-row':
        this.#rowNumber += 1;
        this.#rowRepeated = count(value('number-rows-repeated'));
        this.#row = undefined;
        this.#column = 0;
        break;
      case 'table-cell':
      case 'covered-table-cell':
        this.#cell = { repeated: count(value('number-columns-repeated')), wide: count(value('number-columns-spanned')) > 1, rows: count(value('number-rows-spanned')) };
        this.#text = '';
        this.#paragraphs = 0;
        if (name === 'covered-table-cell') this.#fromAbove(this.#cell.repeated);
        break;
      case 'p':
        if (this.#beside === 0 && this.#paragraphs++ > 0) this.text('\n');
        break;
      case 's':
        this.text(' ');
        break;
      case 'tab':
      case 'line-break':
        this.text(name === 'tab' ? ' ' : '\n');
    }
  }

  text(text: string): void {
    if (this.#cell !== undefined && this.#paragraphs > 0 && this.#beside === 0 && this.#text.length <= listLimits.cellText) this.#text += text;
  }

  close(name: string): void {
    if (name === 'annotation' || name === 'shapes' || name === 'custom-shape' || name === 'frame') this.#beside -= 1;
    if ((name === 'table-cell' || name === 'covered-table-cell') && this.#cell !== undefined) {
      const { repeated, wide, rows } = this.#cell;
      const value = name === 'table-cell' ? cleanCell(this.#text) : '';
      if (value !== '') this.#put(value, repeated, wide, rows);
      this.#column += repeated;
      this.#cell = undefined;
    }
    if (name === 'table-row') this.#endRow();
    if (name === 'table' && this.#sheet !== undefined) {
      if (this.#isHidden) this.hidden.push(this.#sheet.name);
      else this.sheets.push(this.#sheet);
      this.#sheet = undefined;
    }
  }

  #put(value: string, repeated: number, wide: boolean, rows: number): void {
    const last = this.#column + repeated - 1;
    if (last >= listLimits.columns) throw refusal('list-too-big', [`row ${this.#rowNumber} has a column ${last + 1}, at most ${listLimits.columns} are read`, `в строке ${this.#rowNumber} есть столбец ${last + 1}, читается не больше ${listLimits.columns}`], ['remove the columns that are not needed', 'удалите лишние столбцы']);
    const row = this.#filledRow();
    for (let column = this.#column; column <= last; column += 1) row.cells[column] = value;
    if (wide) row.wide.add(this.#column);
    if (rows > 1) this.#covering.set(this.#column, { text: value, wide, until: this.#rowNumber + rows - 1 });
  }

  /** Covered cells below the first row of a merged area show its text. */
  #fromAbove(repeated: number): void {
    for (let column = this.#column; column < Math.min(this.#column + repeated, listLimits.columns); column += 1) {
      const covering = this.#covering.get(column);
      if (covering === undefined || covering.until < this.#rowNumber) continue;
      const row = this.#filledRow();
      row.cells[column] = covering.text;
      row.fromAbove.add(column);
      if (covering.wide) row.wide.add(column);
    }
  }

  #filledRow(): OdsRow {
    if (this.#row !== undefined) return this.#row;
    if (this.#sheet === undefined || this.#isHidden) return { number: 0, cells: [], fromAbove: new Set(), wide: new Set() };
    this.#count(1);
    this.#row = { number: this.#rowNumber, cells: [], fromAbove: new Set(), wide: new Set() };
    this.#sheet.rows.push(this.#row);
    return this.#row;
  }

  /** A row that is repeated stands as often as it says, unless it is empty: a million of those end most sheets. */
  #endRow(): void {
    const row = this.#row;
    if (row !== undefined) row.cells = Array.from(row.cells, (cell) => cell ?? '');
    if (row !== undefined && this.#rowRepeated > 1) {
      this.#count(this.#rowRepeated - 1);
      for (let more = 1; more < this.#rowRepeated; more += 1) this.#sheet?.rows.push({ ...row, number: this.#rowNumber + more });
    }
    this.#rowNumber += this.#rowRepeated - 1;
    this.#row = undefined;
  }

  #count(rows: number): void {
    this.#rows += rows;
    if (this.#rows > listLimits.rows) throw refusal('list-too-big', [`the list has more than ${listLimits.rows} rows`, `в списке больше ${listLimits.rows} строк`], divide);
  }
}

function count(text: string): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : 1;
}
