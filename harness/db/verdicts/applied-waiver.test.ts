import { expect } from 'chai';
import type { KnownIssue } from '../generated/known-issue.ts';
import { appliedWaivers } from './applied-waiver.ts';

type Unit = Parameters<typeof appliedWaivers>[0][number];

function issue(id: string, kind: KnownIssue['kind'] = 'errata'): KnownIssue {
  return { id, kind, title: id, scope: { suites: ['printers'] }, signature: { code: 'x' }, owner: 'o', link: 'https://example.org/1', since: '2026-01-01', expires: '2027-01-01' };
}

function unit(newest: string, ...shown: readonly (readonly [string, 'present' | 'absent'])[]): Unit {
  const tests = new Map([['t1', { feature: 'printing.raw' }]]) as unknown as Unit['tests'];
  return { newest, tests, issues: shown.map(([id, state]) => ({ issue: issue(id), state, tests: ['t1'] })) };
}

describe('appliedWaivers', () => {
  const table: readonly (readonly [string, readonly Unit[], readonly string[]])[] = [
    ['no unit', [], []],
    ['no issue', [unit('r1')], []],
    ['one that is present', [unit('r1', ['a', 'present'])], ['a present r1']],
    ['one that is absent: evidence that it is fixed', [unit('r1', ['a', 'absent'])], ['a absent r1']],
    ['present on one unit, absent on another', [unit('r1', ['a', 'absent']), unit('r2', ['a', 'present'])], ['a present r2']],
    ['absent on both', [unit('r1', ['a', 'absent']), unit('r2', ['a', 'absent'])], ['a absent r2 r1']],
    ['two, by id', [unit('r1', ['b', 'present'], ['a', 'absent'])], ['a absent r1', 'b present r1']],
  ];
  for (const [what, units, expected] of table) it(what, () => expect(appliedWaivers(units).map((each) => `${each.issue} ${each.state} ${each.results.join(' ')}`)).to.deep.equal(expected));

  it('names the features', () => expect(appliedWaivers([unit('r1', ['a', 'present'])])[0]?.features).to.deep.equal(['printing.raw']));
});
