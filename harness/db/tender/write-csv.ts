import { listTexts } from './list-texts.ts';
import { listColumns, listRow, type TableOptions } from './list-table.ts';
import type { CheckedLine, ListCheck } from './check-list.ts';
import { safeCell } from './safe-cell.ts';

/** The checked list as CSV that spreadsheet programs open without questions: a byte order mark, semicolons in Russian, CR LF (RFC 4180). */
export function writeListCsv(check: ListCheck, options: TableOptions): string {
  const separator = options.language === 'ru' ? ';' : ',';
  const texts = listTexts[options.language].columns;
  const rows = [listColumns.map((column) => texts[column]), ...check.lines.map((line) => cellsOf(line, check, options))];
  return `\ufeff${rows.map((cells) => cells.map((cell) => quoted(safeCell(cell), separator)).join(separator)).join('\r\n')}\r\n`;
}

function cellsOf(line: CheckedLine, { images }: ListCheck, options: TableOptions): readonly string[] {
  const row = listRow(line, images, options);
  return listColumns.map((column) => String(row[column]));
}

function quoted(text: string, separator: string): string {
  return text.includes(separator) || /["\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
