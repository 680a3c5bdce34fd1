import type { Failure, Outcome, TestAttempt, TestResult } from '../generated/result.ts';
import type { Mark } from './test-verdict.ts';

/** Codes of failures that say that nothing in the image claims the device or the feature: it is unsupported, not broken. */
export const unclaimedCodes: readonly string[] = ['no-driver', 'not-claimed'];

/** The attempts of a test that may move a verdict (VERDICTS.md, 1), oldest first; empty if none may. */
export function scoreTest(test: TestResult, isDeterministic: (failure: Failure) => boolean): readonly Mark[] {
  return test.attempts.flatMap((attempt) => markOf(attempt, isDeterministic));
}

function markOf({ outcome, failure }: TestAttempt, isDeterministic: (failure: Failure) => boolean): readonly Mark[] {
  if (!scores[outcome]) return [];
  const pass = outcome === 'PASS';
  return [{ pass, deterministic: !pass && failure !== undefined && isDeterministic(failure), unclaimed: !pass && failure !== undefined && unclaimedCodes.includes(failure.code) }];
}

/** Which outcomes may move a verdict. */
export const scores: Readonly<Record<Outcome, boolean>> = { PASS: true, FAIL: true, ERROR: false, MISS: false, SKIP: false, DONE: false };
