import { expect } from 'chai';
import type { Result, TestAttempt } from '../db/generated/result.ts';
import type { NightSummary } from './night-events.ts';
import type { NightIssue } from '../db/night-issues.ts';
import { paint } from './console/paint.ts';
import { summaryJson } from './console/summary-json.ts';
import { summaryText } from './console/summary-text.ts';
import { viewNight } from './night-view.ts';
import { nightState, verdictSentence } from './page/section-header.ts';
import { english } from './page/text-en.ts';
import { russian } from './page/text-ru.ts';
import { fakeNight } from './testing/fake-night.ts';

const green = fakeNight({ seed: 1, cells: 3, green: true, folder: '/r' }).summary;
const asBefore = (summary: NightSummary): NightSummary['before'] => ({ id: 'before', startedAt: summary.night.startedAt, results: summary.results });

/** The night with one test of the first cell changed. */
function withTest(change: Partial<Result['tests'][number]>, cell: Partial<Result> = {}): NightSummary {
  const [first, ...rest] = green.results as [Result, ...Result[]];
  const [test, ...tests] = first.tests;
  return { ...green, results: [{ ...first, ...cell, tests: [{ ...test!, ...change }, ...tests] }, ...rest] };
}

const failed: TestAttempt = { attempt: 1, outcome: 'FAIL', startedAt: green.night.startedAt, durationMs: 1, artefacts: [], failure: { code: 'assertion-failed', blame: 'product', message: 'no' } };

describe('viewNight', () => {
  const table: readonly (readonly [string, NightSummary, string, string])[] = [
    ['all passed', green, 'PASS', 'Everything passed: 18 tests in 3 cells.'],
    ['a flake', withTest({ flake: true }), 'FLAKY', 'Everything passed, but 1 of 18 tests only in a second attempt.'],
    ['a failure', withTest({ outcome: 'FAIL', attempts: [failed] }, { outcome: 'FAIL' }), 'FAIL', '1 failure of the product.'],
    ['a new failure', { ...withTest({ outcome: 'FAIL', attempts: [failed] }, { outcome: 'FAIL' }), before: asBefore(green)! }, 'FAIL', '1 failure of the product, and it is new.'],
    ['a failure on trial', withTest({ outcome: 'FAIL', requirement: 'trial', attempts: [failed] }), 'PASS', 'Everything passed: 17 tests in 3 cells. 1 test on trial did not, which counts for nothing yet.'],
    ['an error of a test', withTest({ outcome: 'ERROR', attempts: [{ ...failed, outcome: 'ERROR' }] }, { outcome: 'ERROR' }), 'ERROR', 'No failure of the product, but 1 test has an error of its own.'],
    ['a fault of the lab', withTest({ outcome: 'MISS', attempts: [{ ...failed, outcome: 'MISS' }] }, { outcome: 'MISS' }), 'MISS', 'No failure of the product, but 1 cell could not be tested.'],
    ['nothing', { ...green, results: [], night: { ...green.night, cells: [] } }, 'MISS', 'Nothing was tested.'],
    ['a night that stopped', { ...green, results: green.results.slice(0, 1), stopped: { code: 'x', message: 'x' } }, 'MISS', 'The night stopped early, after 1 of 3 cells.'],
  ];
  for (const [name, summary, state, sentence] of table) {
    it(`${name}: ${sentence}`, () => {
      const view = viewNight(summary);
      expect([nightState(view), verdictSentence(view, english)]).to.deep.equal([state, sentence]);
      expect(verdictSentence(view, russian)).to.match(/^[А-ЯЁ0-9]/u);
    });
  }

  it('says of a failure which known issue names it, in the text, the page and for a program, and by what it is recognised', () => {
    const red = withTest({ outcome: 'FAIL', attempts: [failed] }, { outcome: 'FAIL' });
    const [result] = red.results as [Result, ...Result[]];
    const issue: NightIssue = { id: 'lost-page', title: 'A page is lost', link: 'https://example.org/1', state: 'present', cells: [result.cell.id], failures: [{ result: result.id, test: result.tests[0]!.id }] };
    const known = { ...red, issues: [issue] };
    const [trouble] = viewNight(known).failures[0]!.troubles;
    expect(trouble.issue?.id).to.equal('lost-page');
    expect(trouble.signature).to.match(/^[0-9a-f]{16}$/);
    expect(summaryText(known, [], paint(false))).to.contain('known issue: lost-page https://example.org/1').and.to.contain(trouble.signature);
    expect(summaryText({ ...red, issues: [{ ...issue, state: 'returned' }] }, [], paint(false))).to.match(/Closed issues that are back[^]*tests  [^]*closed issue that is back: lost-page/);
    expect(summaryJson(known, [])['failures']).to.have.nested.property('[0].knownIssue.id', 'lost-page');
    const elsewhere = { ...issue, failures: [{ result: result.id, test: 'another' }] };
    expect(viewNight({ ...red, issues: [elsewhere] }).failures[0]!.troubles[0].issue).to.equal(undefined);
  });

  it('puts the same failure of several cells into one group and says in how many it ran', () => {
    const results = green.results.map((result) => ({ ...result, tests: result.tests.map((test, index) => (index === 0 ? { ...test, outcome: 'FAIL' as const, attempts: [failed] as [TestAttempt] } : test)) }));
    const { failures } = viewNight({ ...green, results });
    expect(failures.map((group) => [group.troubles.length, group.executedIn])).to.deep.equal([[3, 3]]);
  });

  it('new failures come before known ones, required before optional', () => {
    const before = fakeNight({ seed: 1, cells: 48, folder: '/r' }).summary;
    const now = fakeNight({ seed: 1, cells: 48, newer: true, folder: '/r' }).summary;
    const fresh = viewNight({ ...now, before: asBefore(before)! }).failures.map((group) => group.troubles[0].isNew);
    expect(fresh).to.include(true).and.to.include(false);
    expect(fresh).to.deep.equal([...fresh].sort((a, b) => Number(b) - Number(a)));
  });

  it('a single run says nothing is gone that it did not ask for', () => {
    const plan = 'run-0123456789abcdef';
    const named = (summary: NightSummary, tests: number): NightSummary => ({ ...summary, night: { ...summary.night, plan }, results: summary.results.map((result) => ({ ...result, environment: { ...result.environment, plan }, tests: result.tests.slice(0, tests) })) });
    expect(viewNight({ ...named(green, 2), before: asBefore(named(green, 6))! }).changes?.goneTests).to.deep.equal([]);
    expect(viewNight({ ...named(green, 2), before: asBefore(green)! }).changes, 'another run').to.equal(undefined);
  });
});
