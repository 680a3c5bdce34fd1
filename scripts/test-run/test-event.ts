/** What a mocha process tells the test runner, one JSON line each. */
export type TestEvent =
  | { readonly kind: 'start'; readonly total: number }
  | { readonly kind: 'pass'; readonly title: string; readonly file: string; readonly milliseconds: number }
  | { readonly kind: 'skip'; readonly title: string; readonly file: string }
  | { readonly kind: 'fail'; readonly title: string; readonly file: string; readonly error: string }
  | { readonly kind: 'end' };

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: { readonly title: string; readonly detail: string }[];
  readonly skips: string[];
}

export function newTally(): Tally {
  return { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] };
}
