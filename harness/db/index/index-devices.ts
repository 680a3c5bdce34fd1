import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../generated/device.ts';
import { namesOf, plainName } from '../identify-device.ts';
import { entryOfDevice } from '../identity/identity-entry.ts';
import { identityKeysOf } from '../identity/identity-keys.ts';
import { nameData, type NameData } from '../identity/name-data.ts';
import { classBit } from './class-bit.ts';
import { headlineRank } from '../lookup/headline-rank.ts';
import { searchWords, sortKey } from '../lookup/search-words.ts';
import { violationsOf } from '../parse-data.ts';
import { loadDataFile } from '../load-data-file.ts';

/** Devices that changed since they were put into the index. */
export interface ChangedDevices {
  /** Ids, also of those that are gone. */
  readonly ids: readonly string[];
  readonly added: number;
}

/**
 * Brings devices, their words and their identity keys up to date with the files of a folder.
 * @throws HwlabError `data-invalid` and its kin for the first file that is wrong
 */
export async function indexDevices(index: DatabaseSync, folder: string, step: (done: number) => Promise<void>): Promise<ChangedDevices> {
  const known = new Map((index.prepare('SELECT id, name, size, mtime FROM device').all() as unknown as readonly { id: number; name: string; size: number; mtime: number }[]).map((row) => [row.name, row]));
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const writer = new DeviceWriter(index);
  const changed: string[] = [];
  let added = 0;
  for (const [number, name] of names.entries()) {
    const id = name.slice(0, -'.json'.length);
    const path = join(folder, name);
    const { size, mtimeMs } = statSync(path);
    const before = known.get(id);
    known.delete(id);
    if (before?.size === size && before.mtime === mtimeMs) continue;
    if (before !== undefined) writer.remove(before.id);
    writer.add(await readDevice(path), id, size, mtimeMs, before?.id);
    if (before === undefined) added += 1;
    changed.push(id);
    if (number % 500 === 499) await step(500);
  }
  for (const [id, { id: number }] of known) {
    writer.remove(number);
    index.prepare('DELETE FROM device WHERE id = ?').run(number);
    index.prepare('DELETE FROM answer WHERE device = ?').run(number);
    changed.push(id);
  }
  return { ids: changed, added };
}

/** Reads a device quickly when all is well; the slow reader says what is wrong where. */
async function readDevice(path: string): Promise<Device> {
  try {
    const device = JSON.parse(readFileSync(path, 'utf8')) as Device;
    if (violationsOf(device, 'device').length === 0) return device;
  } catch {
    // The reader below says where.
  }
  return await loadDataFile<Device>(path, 'device');
}

class DeviceWriter {
  readonly #index: DatabaseSync;
  readonly #data: NameData = nameData();
  readonly #insert;
  readonly #words;
  readonly #key;
  readonly #term;
  readonly #exact;

  constructor(index: DatabaseSync) {
    this.#index = index;
    this.#insert = index.prepare('INSERT OR REPLACE INTO device (id, name, size, mtime, vendor, full, classes, retired, best, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#words = index.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
    this.#key = index.prepare('INSERT OR IGNORE INTO identity_key (key, device) VALUES (?, ?)');
    this.#exact = index.prepare('INSERT OR IGNORE INTO exact_name (key, device) VALUES (?, ?)');
    this.#term = index.prepare('INSERT OR IGNORE INTO identity_term (key, term) VALUES (?, ?)');
  }

  add(device: Device, id: string, size: number, mtime: number, number: number | undefined): void {
    const bits = device.classes.reduce((sum, name) => sum | classBit[name], 0);
    const made = Number(this.#insert.run(number ?? null, id, size, mtime, device.vendor, sortKey(device), bits, device.retired ?? null, headlineRank['not-tested'], JSON.stringify(device)).lastInsertRowid);
    this.#words.run(made, [...searchWords(device)].join(' '));
    const { entry, terms } = identityKeysOf(entryOfDevice(device), this.#data);
    for (const key of entry) this.#key.run(key, made);
    for (const [key, term] of terms) this.#term.run(key, term);
    for (const name of namesOf(device)) this.#exact.run(plainName(name), made);
  }

  remove(number: number): void {
    this.#index.prepare('DELETE FROM words WHERE rowid = ?').run(number);
    this.#index.prepare('DELETE FROM exact_name WHERE device = ?').run(number);
    this.#index.prepare('DELETE FROM identity_key WHERE device = ?').run(number);
  }
}
