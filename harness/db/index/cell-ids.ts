import type { DatabaseSync } from 'node:sqlite';

/** Cells of one device have numbers side by side, so many at a time. */
const together = 64;

/** Numbers new cells: what is kept of a device's cells lies on the same pages, as an answer needs all of them. */
export class CellIds {
  readonly #own;
  readonly #all;

  constructor(index: DatabaseSync) {
    this.#own = index.prepare('SELECT MAX(id) AS last FROM cell WHERE device = ?');
    this.#all = index.prepare('SELECT MAX(id) AS last FROM cell');
  }

  /** The number for one more cell of a device. */
  next(device: string): number {
    const { last } = this.#own.get(device) as { last: number | null };
    if (last !== null && (last + 1) % together !== 0) return last + 1;
    const { last: behind } = this.#all.get() as { last: number | null };
    return behind === null ? together : (Math.floor(behind / together) + 1) * together;
  }
}
