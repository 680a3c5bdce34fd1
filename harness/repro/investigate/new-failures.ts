import { signaturesOf, cellSignature } from '../../db/failure-signature.ts';
import type { KnownIssue } from '../../db/generated/known-issue.ts';
import type { Result, TestResult } from '../../db/generated/result.ts';
import { matchKnownIssues } from '../../db/match-known-issues.ts';

/** A failure that somebody should look into: of a test, or of a cell that broke as a whole by the product's fault. */
export interface OpenFailure {
  readonly result: Result;
  readonly test?: TestResult;
  readonly signature: string;
}

/**
 * The failures of a night that are new: the night before did not fail there in this way, and no known issue names it. One of each kind, as the same failure in
 * ten cells is one question. Tests on trial and cells with quirks count for no headline and are left out.
 */
export function newFailures(results: readonly Result[], before: readonly Result[], issues: readonly KnownIssue[], now: Date): readonly OpenFailure[] {
  const old = new Set(before.flatMap((result) => [...failuresOf(result)].flatMap(({ test, signature }) => (test ? signaturesOf(test).map(({ id }) => id) : [signature]).map((id) => `${result.cell.id}\n${id}`))));
  const kinds = new Map<string, OpenFailure>();
  for (const result of results.toSorted((a, b) => a.id.localeCompare(b.id))) {
    if (result.cell.personalities !== undefined) continue;
    const known = matchKnownIssues(result, issues, now).filter(({ state }) => state === 'present');
    for (const failure of failuresOf(result)) {
      const named = known.some(({ tests }) => (failure.test ? tests.includes(failure.test.id) : tests.length === 0));
      const kind = `${failure.test?.id ?? result.cell.suite}\n${failure.signature}`;
      if (!named && !old.has(`${result.cell.id}\n${failure.signature}`) && !kinds.has(kind)) kinds.set(kind, failure);
    }
  }
  return [...kinds.values()];
}

function* failuresOf(result: Result): Generator<OpenFailure> {
  const whole = result.outcome === 'FAIL' ? cellSignature(result) : undefined;
  if (whole) yield { result, signature: whole.id };
  for (const test of result.tests) {
    const [signature] = signaturesOf(test);
    if (test.outcome === 'FAIL' && test.requirement !== 'trial' && signature) yield { result, test, signature: signature.id };
  }
}
