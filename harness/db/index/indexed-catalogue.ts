import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../generated/device.ts';
import { entryOfDevice, type IdentityEntry } from '../identity/identity-entry.ts';
import type { IdentityCatalogue } from '../identity/identity-catalogue.ts';

/** What identity matching looks up, from the index. */
export class IndexedCatalogue implements IdentityCatalogue {
  readonly #entries;
  readonly #terms;
  readonly #device;

  constructor(index: DatabaseSync) {
    this.#entries = index.prepare('SELECT device FROM identity_key WHERE key = ? ORDER BY device LIMIT ?');
    this.#terms = index.prepare('SELECT term FROM identity_term WHERE key = ? LIMIT 200');
    this.#device = index.prepare('SELECT json FROM device WHERE id = ?');
  }

  entries(key: string, most: number): readonly number[] {
    return this.#entries.all(key, most).map(({ device }) => Number(device));
  }

  terms(key: string): readonly string[] {
    return this.#terms.all(key).map(({ term }) => String(term));
  }

  entry(number: number): IdentityEntry {
    const row = this.#device.get(number) as { json: string } | undefined;
    if (row === undefined) throw new RangeError(`there is no device ${number} in the index`);
    return entryOfDevice(JSON.parse(row.json) as Device);
  }
}
