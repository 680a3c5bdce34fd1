import type { IdentityCatalogue } from '../identity/identity-catalogue.ts';
import type { IdentityEntry } from '../identity/identity-entry.ts';

/** Most answers of a kind that are remembered; then they are forgotten all at once. */
const mostRemembered = 50_000;

/** A catalogue that asks another the same only once: the lines of a list share makers, words and candidates. */
export class RememberingCatalogue implements IdentityCatalogue {
  readonly #asked: IdentityCatalogue;
  readonly #entries = new Map<string, readonly number[]>();
  readonly #terms = new Map<string, readonly string[]>();
  readonly #entry = new Map<number, IdentityEntry>();

  constructor(asked: IdentityCatalogue) {
    this.#asked = asked;
  }

  entries(key: string, most: number): readonly number[] {
    return remembered(this.#entries, `${most} ${key}`, () => this.#asked.entries(key, most));
  }

  terms(key: string): readonly string[] {
    return remembered(this.#terms, key, () => this.#asked.terms(key));
  }

  entry(number: number): IdentityEntry {
    return remembered(this.#entry, number, () => this.#asked.entry(number));
  }
}

function remembered<K, V>(map: Map<K, V>, key: K, ask: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  if (map.size >= mostRemembered) map.clear();
  const value = ask();
  map.set(key, value);
  return value;
}
