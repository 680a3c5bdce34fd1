import type { Outcome, Result, TestResult } from '../db/generated/result.ts';

/** A state that a cell or a test is shown in: its outcome, a pass that needed a second attempt, a test on trial that did not pass and does not count, or a cell that was planned and never ran. */
export type State = Outcome | 'FLAKY' | 'NOT-RUN' | 'TRIAL';

/** Worst first; the order in which states are listed. */
export const states: readonly State[] = ['FAIL', 'ERROR', 'MISS', 'NOT-RUN', 'FLAKY', 'TRIAL', 'SKIP', 'DONE', 'PASS'];

/** How many cells or tests are in each state. */
export type StateCounts = Readonly<Record<State, number>>;

export interface NightCounts {
  readonly cells: StateCounts;
  readonly tests: StateCounts;
  readonly cellsPlanned: number;
  readonly cellsRun: number;
  /** Tests that were executed to an outcome of the product: PASS, FAIL, FLAKY, DONE, or on trial. */
  readonly testsExecuted: number;
  readonly testsTotal: number;
}

export function stateOfTest(test: TestResult): State {
  if (test.requirement === 'trial' && (test.outcome === 'FAIL' || test.outcome === 'ERROR' || test.outcome === 'MISS')) return 'TRIAL';
  return test.outcome === 'PASS' && test.flake ? 'FLAKY' : test.outcome;
}

export function stateOfCell(result: Result): State {
  return result.outcome === 'PASS' && result.tests.some((test) => test.flake) ? 'FLAKY' : result.outcome;
}

export function countStates(items: Iterable<State>): StateCounts {
  const counts: Record<State, number> = { FAIL: 0, ERROR: 0, MISS: 0, 'NOT-RUN': 0, FLAKY: 0, TRIAL: 0, SKIP: 0, DONE: 0, PASS: 0 };
  for (const state of items) counts[state] += 1;
  return counts;
}

/** Counts a night. `planned` is the number of cells of its plan; those without a result count as NOT-RUN. */
export function countNight(results: readonly Result[], planned: number): NightCounts {
  const notRun = Math.max(0, planned - results.length);
  const tests = countStates(results.flatMap((result) => result.tests.map(stateOfTest)));
  return {
    cells: countStates([...results.map(stateOfCell), ...Array.from({ length: notRun }, (): State => 'NOT-RUN')]),
    tests,
    cellsPlanned: Math.max(planned, results.length),
    cellsRun: results.length,
    testsExecuted: tests.PASS + tests.FAIL + tests.FLAKY + tests.DONE + tests.TRIAL,
    testsTotal: states.reduce((sum, state) => sum + tests[state], 0),
  };
}
