import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
export function beginIndex(file: string, database: string): { readonly index: DatabaseSync; readonly made: string } {
  mkdirSync(dirname(file), { recursive: true });
  removeLeft(file);
  const made = `${file}.${process.pid}`;
  rmSync(made, { force: true });
  const index = new DatabaseSync(made);
  index.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192; ${indexTables}`);
  index.prepare('INSERT INTO meta VALUES (?, ?)').run('version', indexVersion);
  index.prepare('INSERT INTO meta VALUES (?, ?)').run('folder', realpathSync(database));
  return { index: tuned(index), made };
}

/** Takes away half-made indexes whose process is gone, and indexes of databases that are gone. */
function removeLeft(file: string): void {
  for (const name of readdirSync(dirname(file))) {
    const path = join(dirname(file), name);
    const [, maker] = /^[0-9a-f]{16}\.sqlite\.(\d+)$/.exec(name) ?? [];
    const left = maker === undefined ? /^[0-9a-f]{16}\.sqlite$/.test(name) && path !== file && databaseIsGone(path) : !isRunning(Number(maker));
    if (left) for (const part of ['', '-wal', '-shm']) rmSync(`${path}${part}`, { force: true });
  }
}

function databaseIsGone(index: string): boolean {
  try {
    using opened = new DatabaseSync(index, { readOnly: true });
    const folder = opened.prepare("SELECT value FROM meta WHERE key = 'folder'").get()?.['value'];
    return typeof folder === 'string' && !existsSync(folder);
  } catch {
    return false;
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
  index.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 2147418112; PRAGMA temp_store = MEMORY');
  return index;
}
