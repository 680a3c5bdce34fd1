import type { Outcome, Result } from '../../db/generated/result.ts';
import type { ResultStore } from '../../db/result-store.ts';

/** Nights that are looked through: what a feature came to long ago says little of today's. */
const mostNights = 30;

/** What the tests of a feature came to when the device and the system were whole. */
export interface Unbroken {
  /** Id of the result. */
  readonly result: string;
  /** FAIL when one of them failed, else PASS. */
  readonly outcome: Extract<Outcome, 'PASS' | 'FAIL'>;
}

/** Finds what a feature came to in a cell, the last time that it was tested there. */
export type FindUnbroken = (cell: string, feature: string) => Unbroken | undefined;

/** Results of the latest nights, oldest first. Lines that are no results are passed over; `db lint` names them. */
export async function* latestResults(store: Pick<ResultStore, 'nights' | 'results'>): AsyncGenerator<Result> {
  for (const night of (await store.nights()).slice(-mostNights)) yield* store.results({ night }, () => undefined);
}

/**
 * Reads results, oldest first, for what features come to without a break: a test that fails anyway shows nothing when it fails for a negative control.
 * Skipped tests and those that the lab lost say nothing.
 */
export async function readUnbroken(results: AsyncIterable<Result>): Promise<FindUnbroken> {
  const found = new Map<string, Unbroken>();
  for await (const { id, cell, tests } of results) {
    if (cell.attachment !== 'emulated') continue;
    for (const [feature, own] of Map.groupBy(tests, (test) => test.feature)) {
      const outcomes = own.map(({ outcome }) => outcome);
      if (outcomes.includes('FAIL')) found.set(keyOf(cell.id, feature), { result: id, outcome: 'FAIL' });
      else if (outcomes.includes('PASS')) found.set(keyOf(cell.id, feature), { result: id, outcome: 'PASS' });
    }
  }
  return (cell, feature) => found.get(keyOf(cell, feature));
}

function keyOf(cell: string, feature: string): string {
  return `${cell}\n${feature}`;
}
