import { expect } from 'chai';
import { exampleResult, exampleTest } from '../example-result.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import { packHistory, unpackHistory } from './stored-history.ts';
import { ImageHistory, type HistoryRules } from './test-history.ts';

const issue: KnownIssue = { id: 'one-page-less', kind: 'errata', title: 'one page less', scope: {}, signature: { code: 'assertion' }, owner: 'qa', link: 'https://example.org/1', since: '2026-01-01', expires: '2027-01-01', deterministic: true };
const rules: HistoryRules = { isDeterministic: () => true, issuesOf: (result) => [{ issue, state: result.outcome === 'FAIL' ? 'present' : 'absent', tests: result.tests.map(({ id }) => id) }] };
const issues = new Map([[issue.id, issue]]);

const results = [
  exampleResult({ evidence: 'E4', cell: { attachment: 'wired' }, tests: [exampleTest('printing.raw', 'PASS'), exampleTest('printing.duplex', 'FAIL', 'PASS'), exampleTest('printing.tray', 'SKIP')] }),
  exampleResult({ night: '20261123-031500-abcd', outcome: 'FAIL', tests: [exampleTest('printing.raw', 'FAIL', 'FAIL'), exampleTest('printing.size', 'DONE')] }),
  exampleResult({ night: '20261124-031500-abcd', selection: 'duplex', tests: [exampleTest('printing.duplex', 'ERROR')] }),
  exampleResult({ night: '20261125-031500-abcd', outcome: 'MISS', tests: [] }),
];

function folded(...some: typeof results): ImageHistory {
  const history = new ImageHistory(rules);
  for (const result of some) history.add(result);
  return history;
}

describe('a stored history', () => {
  for (let length = 0; length <= results.length; length += 1) {
    it(`of ${length} results says what they say, and goes on where it ended`, () => {
      const state = unpackHistory(packHistory(folded(...results.slice(0, length)).state), issues);
      if (state === undefined) throw new Error('not unpacked');
      const again = ImageHistory.of(state, rules);
      expect(again.state).to.deep.equal(folded(...results.slice(0, length)).state);
      for (const result of results.slice(length)) again.add(result);
      expect(again.state).to.deep.equal(folded(...results).state);
    });
  }

  it('is of no use once a known issue that it names is gone', () => {
    expect(unpackHistory(packHistory(folded(...results).state), new Map())).to.equal(undefined);
  });

  it('names a text that comes again by its number', () => {
    const packed = packHistory(folded(...results).state);
    expect(packed.split('a'.repeat(64)).length - 1, 'image hash: once as a text, once in the environment').to.equal(2);
    expect(packed.split('20261123-031500-abcd-0001').length - 1).to.equal(1);
  });
});
