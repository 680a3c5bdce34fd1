import type { Device } from '../generated/device.ts';
import { entryOfDevice, type IdentityEntry } from './identity-entry.ts';
import { identityKeysOf } from './identity-keys.ts';
import { nameData } from './name-data.ts';

/**
 * All names by which devices are known, ready to be asked. Three look-ups are all that matching needs, so that an index on disk
 * serves as well as one in memory; the keys are those of `identityKeysOf`.
 */
export interface IdentityCatalogue {
  /** Numbers of the entries that have the key, ascending; at most `most` of them. */
  entries(key: string, most: number): readonly number[];
  /** Words, or ids of makers, that have the key. */
  terms(key: string): readonly string[];
  entry(number: number): IdentityEntry;
}

/** A catalogue in memory. It can grow. */
export class MemoryCatalogue implements IdentityCatalogue {
  readonly #entries: IdentityEntry[] = [];
  readonly #byKey = new Map<string, number | number[]>();
  readonly #terms = new Map<string, string | string[]>();

  get size(): number {
    return this.#entries.length;
  }

  add(entry: IdentityEntry): void {
    const number = this.#entries.push(entry) - 1;
    const { entry: keys, terms } = identityKeysOf(entry, nameData());
    for (const key of keys) put(this.#byKey, key, number);
    for (const [key, term] of terms) put(this.#terms, key, term);
  }

  entries(key: string, most: number): readonly number[] {
    const found = this.#byKey.get(key);
    return found === undefined ? [] : Array.isArray(found) ? found.slice(0, most) : [found];
  }

  terms(key: string): readonly string[] {
    const found = this.#terms.get(key);
    return found === undefined ? [] : Array.isArray(found) ? found : [found];
  }

  entry(number: number): IdentityEntry {
    const entry = this.#entries[number];
    if (entry === undefined) throw new RangeError(`there is no entry ${number} of ${this.#entries.length}`);
    return entry;
  }
}

/** A catalogue of devices, and of models that only imported facts name. */
export function buildIdentityCatalogue(devices: Iterable<Device>, more: Iterable<IdentityEntry> = []): MemoryCatalogue {
  const catalogue = new MemoryCatalogue();
  for (const device of devices) catalogue.add(entryOfDevice(device));
  for (const entry of more) catalogue.add(entry);
  return catalogue;
}

function put<T extends number | string>(map: Map<string, T | T[]>, key: string, value: T): void {
  const held = map.get(key);
  if (held === undefined) map.set(key, value);
  else if (Array.isArray(held)) {
    if (held.at(-1) !== value && (typeof value === 'number' || !held.includes(value))) held.push(value);
  } else if (held !== value) map.set(key, [held, value]);
}
