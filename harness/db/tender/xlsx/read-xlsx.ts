import { listLimits, type Sheet } from '../sheet.ts';
import { readWorkbook } from './read-workbook.ts';
import { readWorksheet } from './read-worksheet.ts';
import type { UnzippedParts } from './unzip-guarded.ts';

/**
 * The visible sheets of an XLSX workbook as text. Only the parts with sheets and texts are unpacked; macros, links, pictures and
 * formulas are never looked at.
 * @throws HwlabError `list-too-big`, `list-not-readable` or `list-hostile`, blame `usage`
 */
export async function readXlsx(parts: UnzippedParts): Promise<{ readonly sheets: readonly Sheet[]; readonly hidden: readonly string[] }> {
  const { sheets, sharedStrings } = await readWorkbook(parts);
  const read: Sheet[] = [];
  let rows = 0;
  for (const { name, part } of sheets.filter((sheet) => !sheet.hidden)) {
    const content = await parts.read(part);
    if (content === undefined) continue;
    const sheet: Sheet = { name, rows: readWorksheet(part, content, sharedStrings, listLimits.rows - rows) };
    rows += sheet.rows.length;
    read.push(sheet);
  }
  return { sheets: read, hidden: sheets.filter((sheet) => sheet.hidden).map(({ name }) => name) };
}
