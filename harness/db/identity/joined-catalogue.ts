import type { IdentityCatalogue } from './identity-catalogue.ts';
import type { IdentityEntry } from './identity-entry.ts';

/** Two catalogues as one; they name different devices. @param from numbers of the second begin here, behind all of the first */
export class JoinedCatalogue implements IdentityCatalogue {
  readonly #first: IdentityCatalogue;
  readonly #second: IdentityCatalogue;
  readonly #from: number;

  constructor(first: IdentityCatalogue, second: IdentityCatalogue, from: number) {
    this.#first = first;
    this.#second = second;
    this.#from = from;
  }

  entries(key: string, most: number): readonly number[] {
    return [...this.#first.entries(key, most), ...this.#second.entries(key, most).map((number) => number + this.#from)].slice(0, most);
  }

  terms(key: string): readonly string[] {
    return [...new Set([...this.#first.terms(key), ...this.#second.terms(key)])];
  }

  entry(number: number): IdentityEntry {
    return number < this.#from ? this.#first.entry(number) : this.#second.entry(number - this.#from);
  }
}
