import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { exampleResult, exampleTest } from '../db/example-result.ts';
import type { Result } from '../db/generated/result.ts';
import type { Machine } from '../machines/machine.ts';
import type { Cell } from '../run/cell.ts';
import { sampleCell } from '../run/testing/sample-cell.ts';
import { failedTest, machineBefore } from './machine-before.ts';

const was = exampleResult({ tests: [exampleTest('a.a', 'PASS'), exampleTest('b.b', 'PASS'), exampleTest('c.c', 'FAIL')] });
const pristine: Machine = { prepare: async () => undefined, start: async () => Promise.reject(new Error('not started here')) };

interface Seen {
  readonly labels: string[];
  readonly ran: (readonly string[] | undefined)[];
}

function keeping(seen: Seen, kept: Machine): Machine {
  return {
    ...pristine,
    snapshot: async (label, fill) => {
      seen.labels.push(label);
      await fill(pristine);
      return kept;
    },
  };
}

async function before(test: number, machine: Machine, seen: Seen, ends: Partial<Result> = {}, cell: Partial<Cell> = {}): Promise<Machine> {
  const named = was.tests[test];
  if (!named) throw new Error('no such test');
  return await machineBefore({ was, test: named, cell: { ...sampleCell(1), only: [named.id], ...cell }, machine, kernelParameters: [], deadline: Deadline.after(1000), progress: () => undefined, run: async (_machine, { only }) => (seen.ran.push(only), { ...exampleResult(), ...ends }) });
}

describe('the machine right before a test', () => {
  it('is kept behind the tests that ran before it, under a name of its own for other tests, seeds and suites', async () => {
    const seen: Seen = { labels: [], ran: [] };
    const kept: Machine = { ...pristine };
    expect(await before(2, keeping(seen, kept), seen)).to.equal(kept);
    expect(seen.ran).to.deep.equal([[was.tests[0]?.id, was.tests[1]?.id]]);
    for (const cell of [{}, { seed: 9 }, { suiteRevision: 'other' }, { modelSha256: 'other' }]) await before(2, keeping(seen, kept), seen, {}, cell);
    await before(1, keeping(seen, kept), seen);
    expect(new Set(seen.labels).size).to.equal(5);
  });

  it('is the pristine one for the first test', async () => {
    const seen: Seen = { labels: [], ran: [] };
    expect(await before(0, pristine, seen)).to.equal(pristine);
    expect(seen.ran).to.deep.equal([]);
  });

  it('is refused where the memory cannot be kept, and where the tests before broke', async () => {
    const seen: Seen = { labels: [], ran: [] };
    expect(await before(2, pristine, seen).catch((error: unknown) => error)).to.include({ code: 'no-snapshot', blame: 'usage' });
    const reason = { code: 'shell-lost', blame: 'lab' as const, message: 'gone' };
    expect(await before(2, keeping(seen, pristine), seen, { reason }).catch((error: unknown) => error)).to.include({ code: 'snapshot-failed' });
  });

  it('is that before the first failure where no test is named', () => {
    expect(failedTest(was).feature).to.equal('c.c');
    expect(() => failedTest(exampleResult({ tests: [exampleTest('a.a', 'PASS')] }))).to.throw('nothing to stand before');
  });
});
