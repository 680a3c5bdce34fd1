import type { Claim, CoverageDriver } from '../../db/coverage/coverage-index.ts';

const mostClaims = 2_000_000;

/** Collects drivers and what they claim, each driver once. */
export class ClaimBook {
  readonly drivers: CoverageDriver[] = [];
  readonly claims: Claim[] = [];
  readonly notes: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #seen = new Set<string>();

  /** Adds a driver, unless one of this kind, name and source is there, and what it claims. */
  claim(driver: CoverageDriver, patterns: Iterable<string>): void {
    const key = `${driver.kind}\0${driver.name}\0${driver.source}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.drivers.push(driver) - 1;
      this.#places.set(key, place);
    }
    for (const pattern of patterns) {
      const claim = `${place}\0${pattern}`;
      if (this.#seen.has(claim) || pattern.length > 500 || this.claims.length >= mostClaims) continue;
      this.#seen.add(claim);
      this.claims.push([place, pattern]);
    }
  }

  /** One sentence for whoever reads the answer. */
  note(sentence: string): void {
    if (this.notes.length < 50 && !this.notes.includes(sentence)) this.notes.push(sentence);
  }
}
