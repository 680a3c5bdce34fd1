import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cacheFolder } from '../../base/places.ts';
import { indexTables, indexVersion } from './index-schema.ts';

/** Where the index of a database is kept: in the cache, as it can be made again at any time. `HWLAB_INDEX` names another folder. */
export function indexFileOf(database: string): string {
  const name = createHash('sha256').update(realpathSync(database)).digest('hex').slice(0, 16);
  return join(process.env['HWLAB_INDEX'] ?? join(cacheFolder(), 'lookup'), `${name}.sqlite`);
}

/** Opens an index that stands; undefined when there is none, it is of another version, or it is damaged. */
export function openIndex(file: string, options: { readonly readOnly: boolean }): DatabaseSync | undefined {
  let opened: DatabaseSync | undefined;
  try {
    opened = new DatabaseSync(file, { readOnly: true });
    const { value } = opened.prepare("SELECT value FROM meta WHERE key = 'version'").get() ?? {};
    if (value !== indexVersion) {
      opened.close();
      return undefined;
    }
    if (options.readOnly) return tuned(opened);
    opened.close();
    return tuned(new DatabaseSync(file, { timeout: 30_000 }));
  } catch {
    if (opened?.isOpen) opened.close();
    return undefined;
  }
}

/** Makes an empty index beside its place; `finishIndex` puts it there. A half-made one is never seen by others. */
export function beginIndex(file: string): { readonly index: DatabaseSync; readonly made: string } {
  mkdirSync(dirname(file), { recursive: true });
  removeLeft(file);
  const made = `${file}.${process.pid}`;
  rmSync(made, { force: true });
  const index = new DatabaseSync(made);
  index.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192; ${indexTables}`);
  index.prepare('INSERT INTO meta VALUES (?, ?)').run('version', indexVersion);
  return { index: tuned(index), made };
}

/** Half-made indexes whose process is gone. */
function removeLeft(file: string): void {
  for (const name of readdirSync(dirname(file))) {
    const [, process_] = /^.+\.sqlite\.(\d+)$/.exec(name) ?? [];
    if (process_ === undefined || !name.startsWith(basename(file)) || isRunning(Number(process_))) continue;
    rmSync(join(dirname(file), name), { force: true });
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

function tuned(index: DatabaseSync): DatabaseSync {
  index.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY');
  return index;
}
