import { parse } from 'csv-parse/sync';
import { divide, refusal } from './refuse-list.ts';
import { cleanCell, listLimits, type Sheet, type SheetRow } from './sheet.ts';

const separators = [';', ',', '\t', '|'] as const;

/** Text with separators as a sheet without a name. @throws HwlabError `list-too-big` */
export function readCsv(anyFeeds: string): Sheet {
  const text = anyFeeds.replace(/\r\n?/g, '\n');
  const [, said] = /^sep=(.)\n/i.exec(text) ?? [];
  const body = said === undefined ? text : text.slice(text.indexOf('\n') + 1);
  const firstLine = said === undefined ? 1 : 2;
  const records = parse(body, {
    delimiter: said ?? likelySeparator(body),
    relax_column_count: true,
    relax_quotes: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: 1024 * 1024,
    to: listLimits.rows + 1,
  }) as unknown as readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[];
  if (records.length > listLimits.rows) throw refusal('list-too-big', [`the list has more than ${listLimits.rows} rows`, `в списке больше ${listLimits.rows} строк`], divide);
  const rows = records.map(({ record, info }): SheetRow => {
    if (record.length > listLimits.columns) throw refusal('list-too-big', [`line ${info.lines} has ${record.length} columns, at most ${listLimits.columns} are read`, `в строке ${info.lines} столбцов: ${record.length}, читается не больше ${listLimits.columns}`], ['remove the columns that are not needed', 'удалите лишние столбцы']);
    // The library counts the line on which a record ends.
    const begins = info.lines - record.reduce((feeds, cell) => feeds + (cell.match(/\n/g)?.length ?? 0), 0);
    return { number: begins + firstLine - 1, cells: record.map(cleanCell), fromAbove: new Set(), wide: new Set() };
  });
  return { name: '', rows: rows.filter((row) => row.cells.some((cell) => cell !== '')) };
}

/** The separator that divides most of the first lines into the same number of columns; a comma if none does. */
function likelySeparator(text: string): string {
  const sample = text.slice(0, 64 * 1024).replace(/"(?:[^"]|"")*"/g, '""');
  const lines = sample.split('\n', 100).filter((line) => line.trim() !== '');
  const scored = separators.map((separator) => {
    const counts = lines.map((line) => line.split(separator).length);
    const commonest = [...Map.groupBy(counts.filter((count) => count > 1), (count) => count)].map(([columns, own]) => own.length * Math.sqrt(columns)).sort((a, b) => b - a)[0];
    return { separator, score: commonest ?? 0 };
  });
  return scored.sort((left, right) => right.score - left.score)[0]?.separator ?? ',';
}
