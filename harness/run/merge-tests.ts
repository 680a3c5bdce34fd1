import type { Outcome, TestAttempt, TestResult } from '../db/generated/result.ts';

/** One finished attempt of a test, as the cell's process reported it. */
export interface FinishedTest {
  readonly id: string;
  readonly title: string;
  readonly feature: string;
  readonly requirement: string;
  readonly attempt: TestAttempt;
}

/** All attempts of each test in the order they ran; the last one decides, an earlier failure before a pass is a flake. */
export function mergeTests(finished: readonly FinishedTest[]): TestResult[] {
  const tests = new Map<string, TestResult>();
  for (const { id, title, feature, requirement, attempt } of finished) {
    const before = tests.get(id);
    const attempts = [...(before?.attempts ?? []), attempt] as TestResult['attempts'];
    const failedBefore = before?.attempts.some((earlier) => earlier.outcome !== 'PASS') ?? false;
    tests.set(id, {
      id,
      title,
      feature,
      requirement: requirement as TestResult['requirement'],
      outcome: attempt.outcome,
      flake: attempt.outcome === 'PASS' && failedBefore,
      attempts,
    });
  }
  return [...tests.values()];
}

/** Outcomes that an automatic retry on a pristine clone is worth. */
export function worthRetry(outcome: Outcome): boolean {
  return outcome === 'FAIL' || outcome === 'ERROR' || outcome === 'MISS';
}

const order: readonly Outcome[] = ['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP'];

/**
 * The outcome of a cell: the worst of its tests. A test on trial cannot make a cell worse than PASS; a cell in which no test executed is
 * MISS, or SKIP if every test was skipped with a reason.
 */
export function cellOutcome(tests: readonly TestResult[]): Outcome {
  if (tests.length === 0) return 'MISS';
  const counted = tests.map((test): Outcome => (test.requirement === 'trial' && worthRetry(test.outcome) ? 'DONE' : test.outcome));
  return order.find((outcome) => counted.includes(outcome)) ?? 'MISS';
}
