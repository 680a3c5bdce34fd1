import { expect } from 'chai';
import type { Outcome, Result } from '../../db/generated/result.ts';
import { sampleCell, sampleResult } from '../testing/sample-cell.ts';
import { latestResults, readUnbroken } from './unbroken.ts';

const cell = sampleCell(1);

/** A result of the cell whose tests come to these outcomes, by feature. */
function result(id: string, tests: readonly (readonly [feature: string, outcome: Outcome])[], attachment: Result['cell']['attachment'] = 'emulated'): Result {
  const sample = sampleResult(cell, 'PASS', 'n', 1);
  return { ...sample, id, cell: { ...sample.cell, attachment }, tests: tests.map(([feature, outcome], number) => ({ id: `${feature}-${number}`, title: 't', feature, requirement: 'required', outcome, flake: false, attempts: [{ attempt: 1, outcome, startedAt: sample.startedAt, durationMs: 1, artefacts: [] }] })) };
}

async function* each(...results: readonly Result[]): AsyncGenerator<Result> {
  yield* results;
}

describe('what tests come to without a break', () => {
  it('is what they came to the last time that they were tested there', async () => {
    const find = await readUnbroken(each(result('n-1', [['a.one', 'FAIL'], ['a.two', 'PASS']]), result('n-2', [['a.one', 'PASS'], ['a.two', 'SKIP'], ['a.three', 'MISS']])));
    expect(['a.one', 'a.two', 'a.three', 'a.four'].map((feature) => find(cell.id.id, feature))).to.deep.equal([{ result: 'n-2', outcome: 'PASS' }, { result: 'n-1', outcome: 'PASS' }, undefined, undefined]);
  });

  it('is looked for in the latest nights, oldest first', async () => {
    const nights = Array.from({ length: 40 }, (_, index) => `night-${String(index).padStart(2, '0')}`);
    const read: string[] = [];
    const store = { nights: async () => nights, async *results ({ night = '' }) { read.push(night); yield* each(); } };
    await readUnbroken(latestResults(store));
    expect(read).to.deep.equal(nights.slice(10));
  });

  it('is a failure when one test of several fails', async () => {
    const find = await readUnbroken(each(result('n-1', [['a.one', 'PASS'], ['a.one', 'FAIL'], ['a.one', 'PASS']])));
    expect(find(cell.id.id, 'a.one')).to.deep.equal({ result: 'n-1', outcome: 'FAIL' });
  });

  it('is not what another cell, a tape or a real device came to', async () => {
    const find = await readUnbroken(each(result('n-1', [['a.one', 'PASS']], 'replayed'), result('n-2', [['a.one', 'PASS']], 'redirected')));
    expect(find(cell.id.id, 'a.one')).to.equal(undefined);
    expect((await readUnbroken(each(result('n-1', [['a.one', 'PASS']]))))('other', 'a.one')).to.equal(undefined);
  });
});
