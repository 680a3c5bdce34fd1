/** A sheet of a list as plain text, whatever kind of file it came from. */
export interface Sheet {
  /** Name of the sheet; empty for a file that has none. */
  readonly name: string;
  /** Rows that hold anything, in their order. */
  readonly rows: readonly SheetRow[];
}

export interface SheetRow {
  /** From 1, as a spreadsheet program counts; of a text file the line on which the row begins. */
  readonly number: number;
  /** Trimmed text by column; a column that holds nothing is the empty string. */
  readonly cells: readonly string[];
  /** Columns whose text comes from a merged cell that begins in a row above. */
  readonly fromAbove: ReadonlySet<number>;
  /** Columns at which a cell begins that is merged with those to the right of it. */
  readonly wide: ReadonlySet<number>;
}

/** What a list may be at most. Whatever is more is refused, never cut. */
export const listLimits = {
  /** bytes of the file */
  bytes: 20 * 1024 * 1024,
  /** rows that hold anything, over all sheets */
  rows: 10_000,
  columns: 256,
  sheets: 64,
  /** characters of a cell; what is longer is cut and says so */
  cellText: 4000,
} as const;

/** Text of a cell as it is shown and searched: no control or invisible characters, line feeds kept, trimmed. */
export function cleanCell(text: string): string {
  const cut = text.length > listLimits.cellText ? `${text.slice(0, listLimits.cellText - 1)}…` : text;
  return cut
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cf}]/gu, '')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}
