import { expect } from 'chai';
import { exampleTest } from '../example-result.ts';
import type { Outcome } from '../generated/result.ts';
import { scoreTest } from './score-test.ts';

describe('scoreTest', () => {
  const table: Readonly<Record<Outcome, string>> = { PASS: 'P', FAIL: 'F', ERROR: '', MISS: '', SKIP: '', DONE: '' };
  for (const [outcome, marks] of Object.entries(table)) {
    it(`${outcome} gives ${marks || 'nothing'}`, () => {
      expect(scoreTest(exampleTest('a.b', outcome as Outcome), () => false).map(({ pass }) => (pass ? 'P' : 'F')).join('')).to.equal(marks);
    });
  }

  it('keeps every scoring attempt, in order', () => {
    expect(scoreTest(exampleTest('a.b', 'FAIL', 'MISS', 'PASS'), () => false).map(({ pass }) => pass)).to.deep.equal([false, true]);
  });

  it('asks about each failure whether it is deterministic, and never about a pass', () => {
    expect(scoreTest(exampleTest('a.b', 'FAIL', 'PASS'), ({ code }) => code === 'assertion').map(({ deterministic }) => deterministic)).to.deep.equal([true, false]);
  });
});
