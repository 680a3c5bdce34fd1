import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImportKind } from '../generated/imported-fact.ts';
import { importedFiles, readImportedFacts } from '../import/read-imported.ts';
import { importedFolder } from '../import/import-facts.ts';

/**
 * Lists that are public already, so that a release may carry what was imported of them. What comes from the machines and inventories of schools stays where it is, reviewed or not: what a person
 * read in it goes along as a review.
 */
const isPublic: Readonly<Record<ImportKind, boolean>> = { 'usb-ids': true, 'sane-hwdb': true, 'sane-desc': true, foomatic: true, libwacom: true, 'ipp-usb': true, kcidb: true, 'hw-probe': false, lsusb: false, inventory: false };

/** `sane-desc.jsonl`, `kcidb--name.jsonl` */
function kindOf(file: string): ImportKind {
  return basename(file, '.jsonl').split('--', 1)[0] as ImportKind;
}

/** Copies the public lists of a database into a release, with their licences beside them. @returns how many facts */
export async function copyLists(database: string, folder: string, signal: AbortSignal | undefined): Promise<number> {
  const files = importedFiles(database).filter((file) => isPublic[kindOf(file)]);
  if (files.length === 0) return 0;
  await mkdir(join(folder, importedFolder), { recursive: true });
  const sources = new Map<string, number>();
  let facts = 0;
  for await (const { source } of readImportedFacts(database)) {
    if (!isPublic[source.kind]) continue;
    const line = `${source.name}, ${source.date}: ${source.licence}`;
    sources.set(line, (sources.get(line) ?? 0) + 1);
    facts += 1;
    if (facts % 10_000 === 0) signal?.throwIfAborted();
  }
  for (const file of files) await copyFile(file, join(folder, importedFolder, basename(file)));
  const lines = [...sources].sort().map(([line, count]) => `${line} (${count})\n`);
  await writeFile(join(folder, importedFolder, 'LICENCES.txt'), `Facts of public lists, which are no results of the lab. List, day, licence, number of facts:\n\n${lines.join('')}`);
  return facts;
}
