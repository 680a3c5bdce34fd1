import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../db/generated/result.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import { readCellTrace } from './read-cell-trace.ts';
import { tracePage } from './trace-page.ts';

/** The page's file in the folder of a cell. */
export const tracePageName = 'trace.html';

/** The folder of a result's cell relative to the night's; undefined where its artefacts name none, or one outside of the night. */
export function cellFolderOf({ artefacts, tests }: Result): string | undefined {
  const all = [...artefacts, ...tests.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.artefacts))];
  for (const { path } of all) {
    const folder = /^(cells\/[a-z0-9][a-z0-9._+-]{0,200})\/a\d{1,2}\//i.exec(path)?.[1];
    if (folder !== undefined && !folder.includes('..')) return folder;
  }
  return undefined;
}

/** True where the folder holds a trace that can be shown. */
export async function hasTrace(folder: string): Promise<boolean> {
  return (await lstat(join(folder, 'a1/trace.jsonl')).catch(() => undefined))?.isFile() ?? false;
}

/** Writes the page of a cell. Returns how many events it shows. @param folder absolute, of the cell; `file`: absolute */
export async function writeTracePage(folder: string, result: Result | undefined, file: string): Promise<number> {
  const trace = await readCellTrace(folder, result);
  await writeWholeFile(file, tracePage(trace));
  return trace.items.length;
}
