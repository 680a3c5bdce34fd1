import type { Divergence, ReplayReport, TapeVerdict } from './divergence.ts';

const lastEvents = 10;
/** Divergences that are told one by one; a tape that lost its driver has thousands. */
const mostTold = 20;

/** What a replay notes of the driver: its last events, the first difference, and how many there were. */
export class ReplayBook {
  /** Differences of order, number or cut. */
  benign = 0;
  /** What the device waited for did not come in its time. */
  stalled = false;
  readonly #recent: (() => string)[] = [];
  readonly #told: (divergence: Divergence) => void;
  #first: Divergence | undefined;
  #divergences = 0;

  /** @param told hears of the first divergences, when they happen */
  constructor(told: (divergence: Divergence) => void = () => undefined) {
    this.#told = told;
  }

  diverge(difference: Omit<Divergence, 'before'>): void {
    this.#divergences += 1;
    if (this.#divergences > mostTold) return;
    const divergence = { ...difference, before: this.#recent.map((line) => line().trim()) };
    this.#first ??= divergence;
    this.#told(divergence);
  }

  /** Keeps the last events; their words are only made when they are wanted. */
  note(line: () => string): void {
    this.#recent.push(line);
    if (this.#recent.length > lastEvents) this.#recent.shift();
  }

  report(consumed: ReplayReport['consumed'], pending: readonly string[], episodes: number): ReplayReport {
    return { verdict: this.#verdict(consumed, pending), ...(this.#first ? { first: this.#first } : {}), divergences: this.#divergences, benign: this.benign, consumed, pending, ...(episodes > 0 ? { episodes } : {}) };
  }

  #verdict({ events, of }: ReplayReport['consumed'], pending: readonly string[]): TapeVerdict {
    if (this.#divergences > 0) return 'divergence';
    if (this.stalled && pending.length > 0) return 'stalled';
    if (events < of) return 'incomplete';
    return this.benign > 0 ? 'benign-difference' : 'match';
  }
}
