import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../generated/device.ts';
import { entryOfDevice, type IdentityEntry } from '../identity/identity-entry.ts';
import type { IdentityCatalogue } from '../identity/identity-catalogue.ts';
import { firstListed } from './first-listed.ts';

/** What identity matching looks up, from the index. `lists` adds the names and ids that public lists give, and the models that only they know. */
export class IndexedCatalogue implements IdentityCatalogue {
  readonly #entries;
  readonly #terms;
  readonly #device;
  readonly #extended;
  readonly #listed;
  readonly #lists: boolean;

  constructor(index: DatabaseSync, { lists }: { readonly lists: boolean }) {
    this.#lists = lists && index.prepare('SELECT 1 FROM listed LIMIT 1').get() !== undefined;
    this.#entries = index.prepare(this.#lists ? 'SELECT device FROM identity_key WHERE key = ?1 UNION SELECT number FROM listed_key WHERE key = ?1 ORDER BY 1 LIMIT ?2' : 'SELECT device FROM identity_key WHERE key = ? ORDER BY device LIMIT ?');
    this.#terms = index.prepare(this.#lists ? 'SELECT term FROM identity_term WHERE key = ?1 UNION SELECT term FROM listed_term WHERE key = ?1 LIMIT 200' : 'SELECT term FROM identity_term WHERE key = ? LIMIT 200');
    this.#device = index.prepare('SELECT json FROM device WHERE id = ?');
    this.#extended = index.prepare('SELECT entry FROM listed WHERE device = ?');
    this.#listed = index.prepare('SELECT entry FROM listed WHERE id = ?');
  }

  entries(key: string, most: number): readonly number[] {
    return this.#entries.all(key, most).map(({ device }) => Number(device));
  }

  terms(key: string): readonly string[] {
    return this.#terms.all(key).map(({ term }) => String(term));
  }

  entry(number: number): IdentityEntry {
    const listed = number >= firstListed ? this.#listed.get(number - firstListed) : this.#lists ? this.#extended.get(number) : undefined;
    if (listed !== undefined) return JSON.parse(String(listed['entry'])) as IdentityEntry;
    const row = this.#device.get(number) as { json: string } | undefined;
    if (row === undefined) throw new RangeError(`there is no device ${number} in the index`);
    return entryOfDevice(JSON.parse(row.json) as Device);
  }
}
