import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
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

/** Whether an error says that the file of an index is damaged, as a power cut may leave it: then it is made anew. */
export function isDamaged(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' && damage.has(errcode & 0xff);
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damage: ReadonlySet<number> = new Set([11, 26]);

/** Takes an index away; who has it open goes on with it. */
export function removeIndex(file: string): void {
  for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
}

/** What an error while an index is written means to a person. */
export function indexError(error: unknown, file: string): unknown {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  if (code !== 'ERR_SQLITE_ERROR' && code !== 'ENOSPC' && code !== 'EACCES' && code !== 'EROFS') return error;
  const full = errcode === 13 || code === 'ENOSPC';
  return new HwlabError({ code: 'index-not-written', blame: 'lab', message: `${file}: the index of the database cannot be written: ${messageOf(error)}`, advice: full ? 'free some space there, or name another folder with HWLAB_INDEX' : 'see that the folder can be written, or name another one with HWLAB_INDEX', cause: error });
}

/** Takes away half-made indexes whose process is gone, and indexes of databases that are gone. */
function removeLeft(file: string): void {
  for (const name of readdirSync(dirname(file))) {
    const path = join(dirname(file), name);
    const [, maker] = /^[0-9a-f]{16}\.sqlite\.(\d+)$/.exec(name) ?? [];
    const left = maker === undefined ? /^[0-9a-f]{16}\.sqlite$/.test(name) && path !== file && databaseIsGone(path) : !isRunning(Number(maker));
    if (left) removeIndex(path);
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
