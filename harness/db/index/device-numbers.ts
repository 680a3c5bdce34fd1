import type { DatabaseSync } from 'node:sqlite';

/** Numbers of devices are below it; a word's row is a headline's place times this, plus the number. */
export const mostNumbers = 2 ** 44;
/** Free numbers between two neighbours of an index that was made from nothing. */
const gap = 2 ** 24;

/** There is no free number between two neighbours: the index is to be made anew, which spreads them. */
export class NumbersExhausted extends Error {
  constructor() {
    super(`more devices than an index has numbers for: ${mostNumbers / gap}`);
  }
}

/** Numbers devices in the order of their names, so that lists in that order need no sorting and one more device moves no other. */
export class DeviceNumbers {
  readonly #before;
  readonly #behind;

  constructor(index: DatabaseSync) {
    this.#before = index.prepare('SELECT id FROM device WHERE full <= ? ORDER BY full DESC, id DESC LIMIT 1');
    this.#behind = index.prepare('SELECT id FROM device WHERE full > ? ORDER BY full, id LIMIT 1');
  }

  /** A free number behind all names that are not behind this one. @throws NumbersExhausted */
  between(full: string): number {
    const before = this.#before.get(full) as { id: number } | undefined;
    const behind = this.#behind.get(full) as { id: number } | undefined;
    const low = before?.id ?? 0;
    const number = behind === undefined ? low + gap : Math.floor((low + behind.id) / 2);
    if (number === low || number >= mostNumbers) throw new NumbersExhausted();
    return number;
  }
}
