import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadFolder, type Database } from '../database.ts';
import type { Certificate } from '../generated/certificate.ts';
import type { ImageRecord } from '../generated/image.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import { headlineRank } from '../lookup/headline-rank.ts';
import { imageFacts } from '../lookup/image-order.ts';
import { isExpired } from '../match-known-issues.ts';
import { nightFilePath } from '../night-file.ts';
import type { RuleEvidence } from '../verdicts/rule-evidence.ts';
import { indexAnswers } from './index-answers.ts';
import { CellIds } from './cell-ids.ts';
import { NumbersExhausted } from './device-numbers.ts';
import { indexDevices } from './index-devices.ts';
import { beginIndex, indexError, indexFileOf, isDamaged, openIndex } from './index-file.ts';
import { indexFreshness } from './index-freshness.ts';
import { indexListed, listedState } from './index-listed.ts';
import { databaseState, importedFacts, verdictsRevision } from './database-state.ts';
import { CellReader, type ResultRow } from './read-cell.ts';
import { placeWords } from './word-rows.ts';
import { CellNumbers, scanResults, stillThere, type ScannedSource } from './scan-results.ts';

export interface IndexProgress {
  readonly phase: 'devices' | 'lists' | 'results' | 'answers' | 'words';
  readonly done: number;
}

export interface IndexUpdate {
  readonly file: string;
  /** `built`: there was none that could be used. */
  readonly how: 'built' | 'updated' | 'unchanged';
  /** How many devices, lines and cells were read anew. */
  readonly devices: number;
  readonly results: number;
  readonly cells: number;
  readonly milliseconds: number;
}

export interface IndexOptions {
  readonly now: Date;
  readonly progress?: (progress: IndexProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes the index of a database, or brings it up to date: only new lines of results and changed files are read. Readers go on with
 * what they have meanwhile. Several processes may do it at once; what they make is the same.
 * @throws HwlabError of data that is wrong, `index-not-written` (a full disk), and what the signal was aborted with
 */
export async function updateIndex(database: Database, options: IndexOptions): Promise<IndexUpdate> {
  const startedAt = performance.now();
  const file = indexFileOf(database.folder);
  const state = databaseState(database, options.now);
  const standing = openIndex(file, { readOnly: false });
  const ended = (how: IndexUpdate['how'], counts: Counts): IndexUpdate => ({ file, how, ...counts, milliseconds: Math.round(performance.now() - startedAt) });
  if (standing !== undefined) {
    try {
      if (metaOf(standing, 'state') === state) return ended('unchanged', { devices: 0, results: 0, cells: 0 });
      standing.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE');
      const counts = await fill(standing, database, state, options);
      standing.exec('COMMIT; PRAGMA wal_checkpoint(PASSIVE)');
      return ended('updated', counts);
    } catch (error) {
      if (!(error instanceof NumbersExhausted) && !isDamaged(error)) throw indexError(error, file);
    } finally {
      // What is not committed is taken back.
      standing.close();
    }
  }
  return ended('built', await build(file, database, state, options));
}

/** Makes the index from nothing, beside its place; it is there when it is whole and on the disk. */
async function build(file: string, database: Database, state: string, options: IndexOptions): Promise<Counts> {
  const { index, made } = begun(file, database.folder);
  try {
    index.exec('BEGIN');
    const counts = await fill(index, database, state, options);
    index.exec('COMMIT; ANALYZE; PRAGMA optimize');
    index.close();
    syncFile(made);
    for (const rest of ['-wal', '-shm']) rmSync(`${file}${rest}`, { force: true });
    renameSync(made, file);
    return counts;
  } catch (error) {
    if (index.isOpen) index.close();
    rmSync(made, { force: true });
    throw indexError(error, file);
  }
}

function begun(file: string, database: string): ReturnType<typeof beginIndex> {
  try {
    return beginIndex(file, database);
  } catch (error) {
    throw indexError(error, file);
  }
}

/** Nothing of it is written to the disk by itself before: a power cut right behind the renaming would leave a file of zeros. */
function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

type Counts = Pick<IndexUpdate, 'devices' | 'results' | 'cells'>;

async function fill(index: DatabaseSync, database: Database, state: string, { now, progress, signal }: IndexOptions): Promise<Counts> {
  const counts = { devices: 0, results: 0, cells: 0 };
  const stepIn = (phase: IndexProgress['phase']) => {
    let done = 0;
    return async (more: number): Promise<void> => {
      done += more;
      progress?.({ phase, done });
      await nextTurn();
      signal?.throwIfAborted();
    };
  };
  index.exec('DROP TABLE IF EXISTS temp.touched; CREATE TEMP TABLE touched (device INTEGER PRIMARY KEY)');
  const rulesBefore = metaOf(index, 'rules');
  const [images, issues, profiles, coverage, certificates] = await Promise.all([loadFolder<ImageRecord>(database.folderOf('images'), 'image'), database.knownIssues(), database.profiles(), database.coverage(), database.certificates()]);
  const devices = await indexDevices(index, database.folderOf('devices'), stepIn('devices'));
  counts.devices = devices.ids.length;
  await indexListed(index, database.folder, listedState(importedFacts(database.folder)), await database.reviews(), devices.ids.length > 0, stepIn('lists'));
  const scanned = await indexResults(index, database, stepIn('results'));
  counts.results = scanned.total;
  const rules = createHash('sha256').update(JSON.stringify([verdictsRevision(), issues.filter((issue) => !isExpired(issue, now)), [...profiles]])).digest('hex');
  writeRecords(index, images, issues, new Map(profiles));
  if (rules !== rulesBefore) index.exec('DELETE FROM history; UPDATE cell SET dirty = 1');
  // Certificates expire, so they are looked at every day.
  if (metaOf(index, 'day') !== now.toISOString().slice(0, 10)) index.exec('UPDATE cell SET dirty = 1 WHERE device IN (SELECT device FROM certificate)');
  const touch = index.prepare('UPDATE cell SET dirty = 1 WHERE device = ?');
  for (const id of devices.ids) touch.run(id);
  replaceRecords(index, 'coverage', [...coverage.values()].flatMap(({ image, devices: read, readAt, kernel, sha256 }) => Object.entries(read).map(([device, claims]): [string, string, RuleEvidence] => [device, image, { claims, readAt, kernel, sha256 }])));
  replaceRecords(index, 'certificate', certificates.map((certificate): [string, string, Certificate] => [certificate.device, certificate.image, certificate]));
  counts.cells = await indexAnswers(index, { issues, profiles, now }, stepIn('answers'));
  const day = now.toISOString().slice(0, 10);
  const imagesChanged = placeImages(index, images);
  const everything = currentEnvironments(index, scanned) || imagesChanged || devices.added > 0 || rulesBefore === undefined || metaOf(index, 'day') !== day;
  if (everything) index.exec(`INSERT OR IGNORE INTO answer (device, image, rank, tested, level, scored_at, environment) SELECT device.id, image.id, ${headlineRank['not-tested']}, ${headlineRank['not-tested']}, NULL, '', NULL FROM device, image`);
  indexFreshness(index, now, everything);
  await placeWords(index, stepIn('words'));
  const put = index.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
  put.run('rules', rules);
  put.run('about', JSON.stringify(countsOf(index)));
  put.run('data', versionOf(index));
  put.run('day', day);
  put.run('state', state);
  return counts;
}

interface IndexedResults {
  readonly total: number;
  readonly newest: CellNumbers['newest'];
  /** Something was taken out. */
  readonly rewritten: boolean;
}

async function indexResults(index: DatabaseSync, database: Database, step: (results: number) => Promise<void>): Promise<IndexedResults> {
  const known = new Map((index.prepare('SELECT * FROM source').all() as unknown as readonly (ScannedSource & { night: string })[]).map((source) => [source.night, source]));
  const cells = new CellNumbers(index);
  const save = index.prepare('INSERT OR REPLACE INTO source (id, night, path, size, mtime, end, lines, tail, last_offset, last_length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  let total = 0;
  let rewritten = false;
  for (const night of await database.results.nights()) {
    const path = nightFilePath(database.results.folder, night);
    const before = known.get(night);
    known.delete(night);
    const { size, mtimeMs } = statSync(path);
    if (before?.size === size && before.mtime === mtimeMs) continue;
    let source: ScannedSource = before ?? { id: Number(save.run(null, night, path, 0, 0, 0, 0, '', 0, 0).lastInsertRowid), path, size: 0, mtime: 0, end: 0, lines: 0, tail: '', last_offset: 0, last_length: 0 };
    if (before !== undefined && !stillThere(before)) {
      forget(index, before.id);
      source = { ...source, end: 0, lines: 0, tail: '', last_offset: 0, last_length: 0 };
      rewritten = true;
    }
    const scanned = scanResults(index, night, source, cells, (lines) => void (total += lines));
    save.run(scanned.id, night, path, scanned.size, scanned.mtime, scanned.end, scanned.lines, scanned.tail, scanned.last_offset, scanned.last_length);
    await step(scanned.lines - source.lines);
  }
  for (const { id } of known.values()) {
    forget(index, id);
    index.prepare('DELETE FROM source WHERE id = ?').run(id);
    rewritten = true;
  }
  cells.flush();
  return { total, newest: cells.newest, rewritten };
}

/** Takes out what came from a file that is gone or was written anew. */
function forget(index: DatabaseSync, source: number): void {
  index.prepare('UPDATE cell SET dirty = 1 WHERE id IN (SELECT cell FROM result WHERE source = ?)').run(source);
  index.prepare('DELETE FROM history WHERE cell IN (SELECT cell FROM result WHERE source = ?)').run(source);
  index.prepare('DELETE FROM result WHERE source = ?').run(source);
  index.prepare('DELETE FROM bad_line WHERE source = ?').run(source);
}

function writeRecords(index: DatabaseSync, images: ReadonlyMap<string, ImageRecord>, issues: readonly KnownIssue[], profiles: ReadonlyMap<string, unknown>): void {
  index.exec('DELETE FROM known_issue; DELETE FROM profile');
  for (const issue of issues) index.prepare('INSERT INTO known_issue VALUES (?, ?)').run(issue.id, JSON.stringify(issue));
  for (const [suite, profile] of profiles) index.prepare('INSERT INTO profile VALUES (?, ?)').run(suite, JSON.stringify(profile));
  const image = index.prepare('INSERT INTO image (name, place, json) VALUES (?, 1000000, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json');
  for (const [id, record] of images) image.run(id, JSON.stringify(record));
  for (const { name } of index.prepare('SELECT name FROM image WHERE json IS NOT NULL').all() as unknown as readonly { name: string }[]) {
    if (!images.has(name)) index.prepare('UPDATE image SET json = NULL WHERE name = ?').run(name);
  }
}

/** Puts records of devices on images in the place of the ones before; cells of those that are new, changed or gone become dirty. */
function replaceRecords(index: DatabaseSync, table: 'coverage' | 'certificate', records: readonly (readonly [device: string, image: string, record: unknown])[]): void {
  const before = new Map((index.prepare(`SELECT device, image, json FROM ${table}`).all() as unknown as readonly { device: string; image: string; json: string }[]).map(({ device, image, json }) => [`${device}\n${image}`, json]));
  const ids = new CellIds(index);
  const mark = index.prepare("INSERT INTO cell (id, device, image, personalities, dirty) VALUES (?, ?, ?, '', 1) ON CONFLICT (device, image, personalities) DO UPDATE SET dirty = 1");
  const touch = (device: string, image: string): void => void mark.run(ids.next(device), device, image);
  const put = index.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`);
  for (const [device, image, record] of records) {
    const json = JSON.stringify(record);
    const key = `${device}\n${image}`;
    if (before.get(key) !== json) {
      put.run(device, image, json);
      touch(device, image);
    }
    before.delete(key);
  }
  for (const key of before.keys()) {
    const [device = '', image = ''] = key.split('\n');
    index.prepare(`DELETE FROM ${table} WHERE device = ? AND image = ?`).run(device, image);
    touch(device, image);
  }
}

/** Numbers images from the newest to the oldest; one that neither a record nor a result names goes. @returns whether anything changed */
function placeImages(index: DatabaseSync, records: ReadonlyMap<string, ImageRecord>): boolean {
  const rows = index.prepare('SELECT id, name, place, json FROM image').all() as unknown as readonly { id: number; name: string; place: number; json: string | null }[];
  const hasResults = index.prepare('SELECT 1 FROM cell c WHERE c.image = ? AND EXISTS (SELECT 1 FROM result r WHERE r.cell = c.id) LIMIT 1');
  const gone = rows.filter(({ name, json }) => json === null && hasResults.get(name) === undefined);
  for (const { id } of gone) {
    index.prepare('DELETE FROM answer WHERE image = ?').run(id);
    index.prepare('DELETE FROM image WHERE id = ?').run(id);
  }
  const left = rows.filter((row) => !gone.includes(row));
  const order = imageFacts(left.map(({ name }) => name), records).map(({ id }) => id);
  const moved = left.filter(({ name, place }) => order.indexOf(name) !== place);
  for (const { id, name } of moved) index.prepare('UPDATE image SET place = ? WHERE id = ?').run(order.indexOf(name), id);
  return gone.length > 0 || moved.length > 0;
}

/**
 * Remembers for each image with what its newest result that names a kernel was made. @returns whether that changed for any
 */
function currentEnvironments(index: DatabaseSync, { newest, rewritten }: IndexedResults): boolean {
  using reader = new CellReader(index);
  const store = index.prepare('INSERT OR IGNORE INTO environment (json) VALUES (?)');
  const set = index.prepare('UPDATE image SET environment = (SELECT id FROM environment WHERE json = ?), environment_night = ? WHERE id = ?');
  let changed = false;
  for (const image of index.prepare('SELECT id, name, environment, environment_night AS night FROM image').all() as unknown as readonly { id: number; name: string; environment: number | null; night: string }[]) {
    const nights = rewritten ? newestOf(index, image.name) : (newest.get(image.name) ?? new Map<string, ResultRow[]>());
    const found = [...nights].filter(([night]) => rewritten || night >= image.night).sort(([left], [right]) => right.localeCompare(left, 'en')).flatMap(([night, rows]) => environmentOf(reader, night, rows) ?? [])[0];
    if (found === undefined) continue;
    store.run(found.json);
    set.run(found.json, found.night, image.id);
    changed ||= (index.prepare('SELECT environment FROM image WHERE id = ?').get(image.id) as { environment: number }).environment !== image.environment;
  }
  return changed;
}

function environmentOf(reader: CellReader, night: string, rows: readonly ResultRow[]): { readonly night: string; readonly json: string } | undefined {
  for (const row of rows.toReversed()) {
    const { environment } = reader.read(row);
    if (environment.kernel !== undefined) return { night, json: JSON.stringify({ kernel: environment.kernel, packages: environment.packages ?? {} }) };
  }
  return undefined;
}

/** The last results of an image, looked up the long way: after something was taken out. */
function newestOf(index: DatabaseSync, image: string): Map<string, ResultRow[]> {
  const rows = index.prepare('SELECT s.night, r.source, r.offset, r.length, r.line FROM cell c JOIN result r ON r.cell = c.id JOIN source s ON s.id = r.source WHERE c.image = ? ORDER BY s.night DESC, r.offset DESC LIMIT 50').all(image) as unknown as readonly (ResultRow & { night: string })[];
  return Map.groupBy(rows.toReversed(), (row) => row.night) as Map<string, (ResultRow & { night: string })[]>;
}

/** What the data is, for `about`. */
export interface IndexedCounts {
  readonly newestResultAt: string | null;
  readonly devices: number;
  readonly results: number;
  readonly badLines: number;
  readonly vendors: readonly { readonly vendor: string; readonly devices: number }[];
}

function countsOf(index: DatabaseSync): IndexedCounts {
  const one = (sql: string): number => Number(Object.values(index.prepare(sql).get() ?? { n: 0 })[0]);
  const newest = index.prepare('SELECT id AS source, last_offset AS offset, last_length AS length, lines AS line FROM source WHERE last_length > 0 ORDER BY night DESC LIMIT 1').get() as ResultRow | undefined;
  using reader = new CellReader(index);
  return {
    newestResultAt: newest === undefined ? null : reader.read(newest).startedAt,
    devices: one('SELECT COUNT(*) FROM device'),
    results: one('SELECT COALESCE(SUM(lines), 0) FROM source') - one('SELECT COUNT(*) FROM bad_line'),
    badLines: one('SELECT COUNT(*) FROM bad_line'),
    vendors: index.prepare('SELECT vendor, COUNT(*) AS devices FROM device GROUP BY vendor ORDER BY vendor COLLATE NOCASE').all().map(({ vendor, devices }) => ({ vendor: String(vendor), devices: Number(devices) })),
  };
}

/** Changes with any device, record, rule or result: the first 16 hex digits of a SHA-256. */
function versionOf(index: DatabaseSync): string {
  const hash = createHash('sha256');
  for (const sql of ['SELECT name, json FROM device ORDER BY name', 'SELECT name, json FROM image ORDER BY name', 'SELECT night, end, tail FROM source ORDER BY night', 'SELECT id, json FROM known_issue ORDER BY id', 'SELECT suite, json FROM profile ORDER BY suite']) {
    for (const row of index.prepare(sql).iterate()) hash.update(JSON.stringify(Object.values(row)));
  }
  return hash.digest('hex').slice(0, 16);
}

function metaOf(index: DatabaseSync, key: string): string | undefined {
  return (index.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string } | undefined)?.value;
}
