import { createHash } from 'node:crypto';
import { opendirSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { Database } from '../database.ts';

/** Up to so many files of devices are looked at one by one; of more only the folder's own time, which changes when a file is added, removed or replaced. */
export const mostLookedAt = 5_000;

/** The code that turns results into verdicts: a change of it changes answers. */
const verdictsFolder = join(import.meta.dirname, '../verdicts');

/** Other code whose change changes what results say. */
const foldingFiles = ['../match-known-issues.ts', '../failure-signature.ts', '../history-rules.ts'].map((name) => join(import.meta.dirname, name));

/** Changes with the code that turns results into verdicts: a hash of its files. */
export function verdictsRevision(): string {
  const hash = createHash('sha256');
  for (const name of namesIn(verdictsFolder)) if (name.endsWith('.ts') && !name.endsWith('.test.ts')) hash.update(readFileSync(join(verdictsFolder, name)));
  for (const file of foldingFiles) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/**
 * What a database looks like from outside on a day: names, sizes and times of its files. When it is what it was, the index stands. The
 * day counts, as evidence ages and known issues expire.
 */
export function databaseState(database: Pick<Database, 'folder' | 'folderOf' | 'coverageFolder'>, now: Date): string {
  const hash = createHash('sha256').update(now.toISOString().slice(0, 10));
  const results = join(database.folder, 'results');
  for (const month of namesIn(results)) if (/^\d{4}-\d{2}$/.test(month)) addFolder(hash, join(results, month), '.jsonl');
  for (const folder of [database.folderOf('images'), join(database.folder, 'known-issues'), join(database.folder, 'certificates'), join(database.folder, 'reviews'), database.coverageFolder, join(projectRoot, 'suites/profiles')]) addFolder(hash, folder, '.json');
  hash.update(JSON.stringify(importedFacts(database.folder)));
  addFolder(hash, verdictsFolder, '.ts');
  for (const file of foldingFiles) hash.update(`${statOf(file)?.size}\n${statOf(file)?.mtimeMs}\n`);
  const devices = database.folderOf('devices');
  if (hasMoreThan(devices, mostLookedAt)) hash.update(`${devices}\n${statSync(devices).mtimeMs}\n`);
  else addFolder(hash, devices, '.json');
  return hash.digest('hex');
}

/** Files of imported facts and of reviews, with their sizes and times. */
export function importedFacts(database: string): readonly (readonly [name: string, size: number, mtime: number])[] {
  return ['imported', 'reviews'].flatMap((part) => {
    const folder = join(database, part);
    return namesIn(folder).filter((name) => name.endsWith('.jsonl') || name.endsWith('.json')).flatMap((name) => {
      const facts = statOf(join(folder, name));
      return facts === undefined ? [] : [[`${part}/${name}`, facts.size, facts.mtimeMs] as const];
    });
  });
}

function addFolder(hash: ReturnType<typeof createHash>, folder: string, ending: string): void {
  hash.update(`${folder}\n`);
  for (const name of namesIn(folder)) {
    if (!name.endsWith(ending)) continue;
    const facts = statOf(join(folder, name));
    hash.update(`${name}\n${facts?.size}\n${facts?.mtimeMs}\n`);
  }
}

/** Large folders by the time of their last change: who looks again and again does not read a hundred thousand names each time. */
const large = new Map<string, number>();

/** Whether a folder has more entries; a large one is not read to its end. */
function hasMoreThan(folder: string, most: number): boolean {
  const changed = statSync(folder).mtimeMs;
  if (large.get(folder) === changed) return true;
  const more = readsMoreThan(folder, most);
  if (more) large.set(folder, changed);
  return more;
}

function readsMoreThan(folder: string, most: number): boolean {
  const entries = opendirSync(folder, { bufferSize: 1024 });
  try {
    for (let count = 0; entries.readSync() !== null; count += 1) if (count >= most) return true;
    return false;
  } finally {
    entries.closeSync();
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
