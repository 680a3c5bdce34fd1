import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../generated/device.ts';
import { namesOf, plainName } from '../identify-device.ts';
import { entryOfDevice } from '../identity/identity-entry.ts';
import { identityKeysOf } from '../identity/identity-keys.ts';
import { nameData, type NameData } from '../identity/name-data.ts';
import { classBit } from './class-bit.ts';
import { DeviceNumbers } from './device-numbers.ts';
import { headlineRank } from '../lookup/headline-rank.ts';
import { sortKey } from '../lookup/search-words.ts';
import { violationsOf } from '../parse-data.ts';
import { loadDataFile } from '../load-data-file.ts';

/** Devices that changed since they were put into the index. */
export interface ChangedDevices {
  /** Ids, also of those that are gone. */
  readonly ids: readonly string[];
  /** How many have a number that they had not before. */
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
  const changed: ChangedDevice[] = [];
  for (const [number, name] of names.entries()) {
    const id = name.slice(0, -'.json'.length);
    const path = join(folder, name);
    const { size, mtimeMs } = statSync(path);
    const before = known.get(id);
    known.delete(id);
    if (before?.size === size && before.mtime === mtimeMs) continue;
    const device = await readDevice(path);
    changed.push({ id, size, mtime: mtimeMs, device, full: sortKey(device), before: before?.id });
    if (number % 500 === 499) await step(500);
  }
  const ids = [...changed.map(({ id }) => id), ...known.keys()];
  for (const { id } of known.values()) writer.remove(id);
  let added = 0;
  // In the order of their names, so that those of an index from nothing are spread evenly.
  for (const [number, device] of changed.sort(byName).entries()) {
    if (writer.put(device)) added += 1;
    if (number % 500 === 499) await step(0);
  }
  return { ids, added };
}

interface ChangedDevice {
  readonly id: string;
  readonly size: number;
  readonly mtime: number;
  readonly device: Device;
  readonly full: string;
  /** Its number so far. */
  readonly before: number | undefined;
}

function byName(left: ChangedDevice, right: ChangedDevice): number {
  return left.full < right.full ? -1 : left.full > right.full ? 1 : left.id < right.id ? -1 : 1;
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
  readonly #numbers: DeviceNumbers;
  readonly #insert;
  readonly #update;
  readonly #key;
  readonly #term;
  readonly #exact;

  constructor(index: DatabaseSync) {
    this.#index = index;
    this.#numbers = new DeviceNumbers(index);
    this.#insert = index.prepare('INSERT INTO device (id, name, size, mtime, vendor, full, classes, retired, invented, best, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#update = index.prepare('UPDATE device SET size = ?, mtime = ?, vendor = ?, classes = ?, retired = ?, invented = ?, json = ? WHERE id = ?');
    this.#key = index.prepare('INSERT OR IGNORE INTO identity_key (key, device) VALUES (?, ?)');
    this.#exact = index.prepare('INSERT OR IGNORE INTO exact_name (key, device) VALUES (?, ?)');
    this.#term = index.prepare('INSERT OR IGNORE INTO identity_term (key, term) VALUES (?, ?)');
  }

  /** A device with another name gets another number; its answers are computed again anyway. @returns whether it got one */
  put(changed: ChangedDevice): boolean {
    const { id, size, mtime, device, full, before } = changed;
    const stays = before !== undefined && (this.#index.prepare('SELECT full FROM device WHERE id = ?').get(before) as { full: string } | undefined)?.full === full;
    if (stays) this.#forget(before);
    else if (before !== undefined) this.remove(before);
    const number = stays ? before : this.#numbers.between(full);
    const bits = device.classes.reduce((sum, name) => sum | classBit[name], 0);
    const invented = device.invented === undefined ? 0 : 1;
    if (stays) this.#update.run(size, mtime, device.vendor, bits, device.retired ?? null, invented, JSON.stringify(device), number);
    else this.#insert.run(number, id, size, mtime, device.vendor, full, bits, device.retired ?? null, invented, headlineRank['not-tested'], JSON.stringify(device));
    const { entry, terms } = identityKeysOf(entryOfDevice(device), this.#data);
    for (const key of entry) this.#key.run(key, number);
    for (const [key, term] of terms) this.#term.run(key, term);
    for (const name of namesOf(device)) this.#exact.run(plainName(name), number);
    return !stays;
  }

  remove(number: number): void {
    this.#forget(number);
    this.#index.prepare('DELETE FROM device WHERE id = ?').run(number);
    this.#index.prepare('DELETE FROM answer WHERE device = ?').run(number);
  }

  /** Takes out what a device is found by. */
  #forget(number: number): void {
    const { row } = (this.#index.prepare('SELECT word_row AS row FROM device WHERE id = ?').get(number) ?? {}) as { row?: number | null };
    if (typeof row === 'number') this.#index.prepare('DELETE FROM words WHERE rowid = ?').run(row);
    this.#index.prepare('UPDATE device SET word_row = NULL WHERE id = ?').run(number);
    this.#index.prepare('DELETE FROM exact_name WHERE device = ?').run(number);
    this.#index.prepare('DELETE FROM identity_key WHERE device = ?').run(number);
  }
}
