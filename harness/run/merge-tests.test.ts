import { expect } from 'chai';
import type { Outcome } from '../db/generated/result.ts';
import { cellOutcome, mergeTests, type FinishedTest } from './merge-tests.ts';

function finished(id: string, attempt: number, outcome: Outcome, requirement = 'required'): FinishedTest {
  return { id, title: id, feature: 'x.y', requirement, attempt: { attempt, outcome, startedAt: '2026-11-22T00:00:00.000Z', durationMs: 1, artefacts: [] } };
}

describe('mergeTests', () => {
  it('keeps every attempt and calls a pass after a failure a flake', () => {
    const [test] = mergeTests([finished('a', 1, 'FAIL'), finished('a', 2, 'PASS')]);
    expect(test).to.include({ outcome: 'PASS', flake: true });
    expect(test?.attempts.map((attempt) => attempt.outcome)).to.deep.equal(['FAIL', 'PASS']);
  });

  it('does not call two passes or two failures a flake', () => {
    expect(mergeTests([finished('a', 1, 'FAIL'), finished('a', 2, 'FAIL')])[0]).to.include({ outcome: 'FAIL', flake: false });
    expect(mergeTests([finished('a', 1, 'PASS')])[0]).to.include({ outcome: 'PASS', flake: false });
  });
});

describe('cellOutcome', () => {
  const cases: readonly [string, readonly FinishedTest[], Outcome][] = [
    ['no test', [], 'MISS'],
    ['all pass', [finished('a', 1, 'PASS')], 'PASS'],
    ['a failure is worse than a miss', [finished('a', 1, 'FAIL'), finished('b', 1, 'MISS')], 'FAIL'],
    ['a miss is worse than a pass', [finished('a', 1, 'MISS'), finished('b', 1, 'PASS')], 'MISS'],
    ['a failing trial', [finished('a', 1, 'PASS'), finished('b', 1, 'FAIL', 'trial')], 'PASS'],
    ['all skipped', [finished('a', 1, 'SKIP')], 'SKIP'],
  ];
  for (const [name, tests, expected] of cases) {
    it(`${name}: ${expected}`, () => expect(cellOutcome(mergeTests(tests))).to.equal(expected));
  }
});
