import { expect } from 'chai';
import { exampleResult, exampleTest } from './example-result.ts';
import type { KnownIssue } from './generated/known-issue.ts';
import { isDeterministicFailure, isExpired, matchKnownIssues } from './match-known-issues.ts';

const now = new Date('2026-11-22T12:00:00Z');
const issue: KnownIssue = {
  id: 'pages-lost',
  kind: 'errata',
  title: 'the last page is lost',
  scope: { devices: ['acme-laser'] },
  signature: { code: 'assertion', message: 'expected \\d+ pages' },
  owner: 'printing team',
  link: 'https://example.org/issues/1',
  since: '2026-11-01',
  expires: '2026-12-01',
};
const failing = exampleResult({ outcome: 'FAIL', tests: [exampleTest('printing.raw', 'FAIL'), exampleTest('printing.list', 'PASS')] });
const passing = exampleResult();

function states(result: typeof failing, change: Partial<KnownIssue>): readonly string[] {
  return matchKnownIssues(result, [{ ...issue, ...change }], now).map(({ state, tests }) => `${state} ${tests.map((id) => id.split('/')[1]).join(' ')}`);
}

describe('matchKnownIssues', () => {
  const table: readonly (readonly [string, typeof failing, Partial<KnownIssue>, readonly string[]])[] = [
    ['a failure with the signature', failing, {}, ['present printing.raw']],
    ['code alone', failing, { signature: { code: 'assertion' } }, ['present printing.raw']],
    ['message alone', failing, { signature: { message: 'pages' } }, ['present printing.raw']],
    ['another code: absent where a test passed', failing, { signature: { code: 'other' } }, ['absent printing.list']],
    ['another message', failing, { signature: { code: 'assertion', message: 'nothing like it' } }, ['absent printing.list']],
    ['another message, and nothing else in scope: not seen, and no evidence that it is fixed', failing, { scope: { features: ['printing.raw'] }, signature: { message: 'nothing like it' } }, []],
    ['no failure: absent is evidence', passing, {}, ['absent printing.raw']],
    ['another device', failing, { scope: { devices: ['other'] } }, []],
    ['another image', failing, { scope: { images: ['debian-13'] } }, []],
    ['two parts of the scope, one of which does not fit', failing, { scope: { devices: ['acme-laser'], suites: ['scanners'] } }, []],
    ['a feature that fails', failing, { scope: { features: ['printing.raw'] } }, ['present printing.raw']],
    ['a feature that passes', failing, { scope: { features: ['printing.list'] } }, ['absent printing.list']],
    ['a feature without a test', failing, { scope: { features: ['printing.other'] } }, []],
    ['an earlier attempt shows it', exampleResult({ tests: [exampleTest('printing.raw', 'FAIL', 'PASS')] }), {}, ['present printing.raw']],
    ['a test that was skipped says nothing', exampleResult({ tests: [exampleTest('printing.raw', 'SKIP')] }), {}, []],
    ['the cell as a whole shows it', exampleResult({ outcome: 'MISS', tests: [], reason: { code: 'assertion', blame: 'lab', message: 'expected 3 pages' } }), {}, ['present ']],
    ['the last day', failing, { expires: '2026-11-22' }, ['present printing.raw']],
    ['expired', failing, { expires: '2026-11-21' }, []],
  ];
  for (const [what, result, change, expected] of table) it(what, () => expect(states(result, change)).to.deep.equal(expected));

  it('takes a failure for proof only by an issue that says so and has not expired', () => {
    const [test] = failing.tests;
    const failure = test?.attempts[0].failure;
    if (!test || !failure) throw new Error('the example has no failure');
    const is = (change: Partial<KnownIssue>): boolean => isDeterministicFailure(failing, test, failure, [{ ...issue, ...change }], now);
    expect(is({})).to.equal(false);
    expect(is({ deterministic: true })).to.equal(true);
    expect(is({ deterministic: true, expires: '2026-11-21' })).to.equal(false);
    expect(is({ deterministic: true, scope: { features: ['printing.list'] } })).to.equal(false);
    expect(isExpired(issue, now)).to.equal(false);
  });
});
