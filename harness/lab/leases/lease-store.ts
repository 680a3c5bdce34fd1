import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { stateFolder } from '../../base/places.ts';

const layout = `
  CREATE TABLE IF NOT EXISTS resource (name TEXT PRIMARY KEY, token INTEGER NOT NULL, dirty INTEGER NOT NULL, lease TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS lease (id TEXT PRIMARY KEY, class TEXT NOT NULL, holder TEXT NOT NULL, purpose TEXT NOT NULL, taken INTEGER NOT NULL,
    ends INTEGER NOT NULL, process TEXT, boot TEXT NOT NULL, beat INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS part (lease TEXT NOT NULL, name TEXT NOT NULL, token INTEGER NOT NULL, dirty INTEGER NOT NULL, PRIMARY KEY (lease, name)) STRICT;
  CREATE TABLE IF NOT EXISTS waiter (id TEXT PRIMARY KEY, class TEXT NOT NULL, holder TEXT NOT NULL, purpose TEXT NOT NULL, since INTEGER NOT NULL,
    resources TEXT NOT NULL, process TEXT NOT NULL, boot TEXT NOT NULL, beat INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, lease TEXT NOT NULL, resource TEXT NOT NULL,
    token INTEGER NOT NULL, class TEXT NOT NULL, holder TEXT NOT NULL, purpose TEXT NOT NULL) STRICT;
`;

/** Milliseconds that a process waits for another one's transaction; each takes a few. */
const patience = 20_000;

export function leaseFile(folder: string = stateFolder()): string {
  return join(folder, 'leases.sqlite');
}

/**
 * Opens the file of the leases. SQLite, since several resources change hands in one step that is there as a whole or not at all, whenever a process is killed.
 * @throws HwlabError `lease-store`, blame `lab`
 */
export function openLeaseStore(file: string): DatabaseSync {
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    const store = new DatabaseSync(file, { timeout: patience });
    // FULL: a token that was given out is not given out again after a power cut.
    store.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    store.exec(`BEGIN IMMEDIATE; ${layout} COMMIT;`);
    chmodSync(file, 0o600);
    return store;
  } catch (error) {
    throw leaseStoreError(file, error);
  }
}

/** Runs `work` as one transaction that waits for its turn; nothing of it stays if it throws. @throws HwlabError lab `lease-store`, and what `work` throws */
export function transaction<T>(store: DatabaseSync, work: () => T): T {
  try {
    store.exec('BEGIN IMMEDIATE');
    const result = work();
    store.exec('COMMIT');
    return result;
  } catch (error) {
    if (store.isTransaction) store.exec('ROLLBACK');
    throw (error as NodeJS.ErrnoException).code === 'ERR_SQLITE_ERROR' ? leaseStoreError(store.location() ?? '', error) : error;
  }
}

function leaseStoreError(file: string, cause: unknown): HwlabError {
  return new HwlabError({
    code: 'lease-store',
    blame: 'lab',
    message: `the leases in ${file} cannot be kept: ${messageOf(cause)}`,
    advice: 'is the disk full, or the folder not ours? Where the file is damaged: end all runs, move it away, and bring every machine into a known state',
    cause,
  });
}
