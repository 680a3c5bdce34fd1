import type { CellId, Result } from '../db/generated/result.ts';

/** Seconds a cell took before, by cell id and by suite; used for the order of cells and the time left. */
export class Durations {
  readonly #byCell = new Map<string, number>();
  readonly #bySuite = new Map<string, number>();
  readonly #fallback: number;

  /** `fallback`: seconds for a suite that never ran. */
  constructor(fallback: number) {
    this.#fallback = fallback;
  }

  /** Learns from a result; a later one replaces an earlier one. A device with a quirk may be slow, and tells nothing of others. */
  learn(result: Result): void {
    const total = result.timings['total'];
    if (total === undefined || result.outcome === 'MISS') return;
    this.#byCell.set(result.cell.id, total / 1000);
    if (!result.cell.personalities) this.#bySuite.set(result.cell.suite, total / 1000);
  }

  secondsOf(cell: CellId): number {
    return this.#byCell.get(cell.id) ?? this.#bySuite.get(cell.suite) ?? this.#fallback;
  }

  /** Longest first, so that the last slot to end does not end late. */
  order<T extends { readonly id: CellId }>(cells: readonly T[]): T[] {
    return [...cells].sort((a, b) => this.secondsOf(b.id) - this.secondsOf(a.id));
  }

  /** Seconds for cells still to do in `slots` slots. */
  left(cells: readonly CellId[], slots: number): number {
    const sum = cells.reduce((seconds, cell) => seconds + this.secondsOf(cell), 0);
    const longest = Math.max(0, ...cells.map((cell) => this.secondsOf(cell)));
    return Math.ceil(Math.max(sum / slots, longest));
  }
}
