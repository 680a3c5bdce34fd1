import { expect } from 'chai';
import { exampleResult, exampleTest } from './example-result.ts';
import { failureSignature } from './failure-signature.ts';
import type { KnownIssue } from './generated/known-issue.ts';
import type { Result } from './generated/result.ts';
import { matchKnownIssues } from './match-known-issues.ts';
import { nightIssues } from './night-issues.ts';

const now = new Date('2026-11-23T00:00:00Z');
const failing = (message: string): Result => {
  const test = exampleTest('printing.raw', 'FAIL');
  return exampleResult({ outcome: 'FAIL', tests: [{ ...test, attempts: [{ ...test.attempts[0], failure: { code: 'assertion', blame: 'product', message } }] }] });
};
const passing = exampleResult();
const own = failureSignature('printing.raw', { code: 'assertion', blame: 'product', message: 'expected 2 pages to equal 3' }).id;
const issue: KnownIssue = { id: 'lost-page', kind: 'errata', title: 'A page is lost', scope: { suites: ['printers'] }, signature: { failure: own }, owner: 'qa', link: 'https://example.org/1', since: '2026-11-01', expires: '2026-12-31' };
const states = (results: readonly Result[], ...issues: readonly KnownIssue[]): string[] => nightIssues(results, issues, now).map(({ id, state }) => `${id} ${state}`);

describe('known issues of a night, by signature', () => {
  it('carries an issue over only while the failure is the same', () => {
    expect(states([failing('expected 2 pages to equal 3')], issue)).to.deep.equal(['lost-page present']);
    expect(states([failing('expected 9 pages to equal 14')], issue)).to.deep.equal(['lost-page present']);
    expect(states([failing('the queue is gone')], issue)).to.deep.equal(['lost-page otherwise']);
    expect(states([failing('the queue is gone'), failing('expected 9 pages to equal 14')], issue)).to.deep.equal(['lost-page present']);
    expect(states([failing('the queue is gone'), passing], issue)).to.deep.equal(['lost-page otherwise']);
  });

  it('matches anew when the issue is edited', () => {
    const edited: KnownIssue = { ...issue, signature: { message: 'queue' } };
    expect(states([failing('the queue is gone')], edited)).to.deep.equal(['lost-page present']);
    expect(states([failing('expected 2 pages to equal 3')], edited)).to.deep.equal(['lost-page otherwise']);
  });

  it('records what was looked for in vain, and not what did not run', () => {
    expect(states([passing], issue)).to.deep.equal(['lost-page absent']);
    expect(states([exampleResult({ tests: [exampleTest('printing.raw', 'SKIP')] })], issue)).to.deep.equal([]);
  });

  it('puts a closed issue that is back on top, and lets it excuse nothing; what ran before it was closed stays excused', () => {
    const closed: KnownIssue = { ...issue, id: 'z-closed', closed: '2026-11-20', expires: '2026-11-20' };
    const red = failing('expected 2 pages to equal 3');
    expect(states([red], issue, closed)).to.deep.equal(['z-closed returned', 'lost-page present']);
    expect(matchKnownIssues(red, [closed], now)).to.deep.equal([]);
    const before: Result = { ...red, startedAt: '2026-11-19T03:00:00.000Z' };
    expect(matchKnownIssues(before, [closed], now).map(({ state }) => state)).to.deep.equal(['present']);
    expect(states([passing], closed)).to.deep.equal([]);
  });

  it('closed to the second: what began before that is excused, what began behind it is back', () => {
    const closed: KnownIssue = { ...issue, closed: '2026-11-22T15:00:00Z', expires: '2026-11-20' };
    const at = (startedAt: string): Result => ({ ...failing('expected 2 pages to equal 3'), startedAt });
    expect(states([at('2026-11-22T14:59:59.000Z')], closed)).to.deep.equal(['lost-page present']);
    expect(states([at('2026-11-22T15:00:01.000Z')], closed)).to.deep.equal(['lost-page returned']);
    expect(states([at('2026-11-22T23:00:00.000Z')], { ...closed, closed: '2026-11-22' }), 'a day ends at its end').to.deep.equal(['lost-page present']);
  });

  it('names the failures that an issue is about, and none where it was not seen', () => {
    const red = failing('expected 2 pages to equal 3');
    expect(nightIssues([red], [issue], now)[0]?.failures).to.deep.equal([{ result: red.id, test: red.tests[0]?.id }]);
    expect(nightIssues([failing('the queue is gone')], [issue], now)[0]?.failures).to.deep.equal([]);
  });

  it('says present where one cell shows it and another does not', () => {
    const [one] = nightIssues([passing, failing('expected 1 pages to equal 2')].map((result, index) => ({ ...result, cell: { ...result.cell, id: `c${index}` } })), [issue], now);
    expect(one).to.deep.include({ state: 'present', cells: ['c1'] });
  });
});
