import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../generated/device.ts';
import type { Review } from '../generated/review.ts';
import { entryOfDevice, type IdentityEntry } from '../identity/identity-entry.ts';
import { identityKeysOf, vendorIdOf } from '../identity/identity-keys.ts';
import { nameData } from '../identity/name-data.ts';
import { FactGroups } from '../import/entries-from-facts.ts';
import { identityOf, isNaming } from '../import/open-identity.ts';
import { readImportedFacts } from '../import/read-imported.ts';
import { factOfReview } from '../import/fact-of-review.ts';
import { wordsOf } from '../lookup/search-words.ts';
import { firstListed } from './first-listed.ts';

/**
 * Puts what was imported (`<database>/imported/`) into the index: names and ids of our own devices, what lists say of them, and models that only lists know.
 * Made anew as a whole when a file of facts or a device has changed.
 * @param state changes with the files of facts; empty when there are none
 * @returns whether anything was done
 */
export async function indexListed(index: DatabaseSync, database: string, state: string, reviews: readonly Review[], devicesChanged: boolean, step: (facts: number) => Promise<void>): Promise<boolean> {
  const before = (index.prepare("SELECT value FROM meta WHERE key = 'listed'").get() as { value: string } | undefined)?.value ?? '';
  if (before === state && (state === '' || !devicesChanged)) return false;
  index.exec('DELETE FROM listed; DELETE FROM listed_key; DELETE FROM listed_term; DELETE FROM listed_words');
  if (state !== '') {
    const groups = new FactGroups();
    let facts = 0;
    for await (const fact of readImportedFacts(database)) {
      if (isNaming(fact)) groups.add(fact);
      if (++facts % 2_000 === 0) await step(2_000);
    }
    for (const review of reviews) groups.add(factOfReview(review));
    await writeListed(index, groups, step);
  }
  index.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run('listed', state);
  return true;
}

async function writeListed(index: DatabaseSync, groups: FactGroups, step: (facts: number) => Promise<void>): Promise<void> {
  const rows = index.prepare('SELECT id, json FROM device').all() as unknown as readonly { id: number; json: string }[];
  const devices = new Map(rows.map(({ id, json }) => [id, JSON.parse(json) as Device]));
  const numbers = new Map([...devices].map(([number, { id }]) => [id, number]));
  const { catalogue, claimsOf, classesOf } = identityOf([...devices.values()], groups);
  const insert = index.prepare('INSERT INTO listed (id, name, device, entry, classes, claims) VALUES (?, ?, ?, ?, ?, ?)');
  const words = index.prepare('INSERT INTO listed_words (rowid, text) VALUES (?, ?)');
  const key = index.prepare('INSERT OR IGNORE INTO listed_key (key, number) VALUES (?, ?)');
  const term = index.prepare('INSERT OR IGNORE INTO listed_term (key, term) VALUES (?, ?)');
  for (let at = 0; at < catalogue.size; at += 1) {
    const entry = catalogue.entry(at);
    const own = numbers.get(entry.id);
    const claims = claimsOf(entry.id);
    const device = own === undefined ? undefined : devices.get(own);
    if (device !== undefined && claims.length === 0 && JSON.stringify(entry) === JSON.stringify(entryOfDevice(device))) continue;
    const made = Number(insert.run(null, entry.id, own ?? null, JSON.stringify(entry), JSON.stringify(classesOf(entry.id)), JSON.stringify(claims)).lastInsertRowid);
    const number = own ?? firstListed + made;
    const keys = identityKeysOf(entry, nameData());
    for (const each of keys.entry) key.run(each, number);
    for (const [at, word] of keys.terms) term.run(at, word);
    if (own === undefined) words.run(made, wordsOfEntry(entry).join(' '));
    if (at % 500 === 499) await step(0);
  }
}

function wordsOfEntry({ vendor, name, aliases, usb, articles }: IdentityEntry): readonly string[] {
  return [...new Set([vendor, vendorIdOf(vendor, nameData()), name, ...aliases, ...articles].flatMap(wordsOf).concat(usb.flatMap(({ id }) => id.split(':'))))];
}

/** Changes with the files of facts, by names, sizes and times. */
export function listedState(files: readonly (readonly [name: string, size: number, mtime: number])[]): string {
  return files.length === 0 ? '' : createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
}
