import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleResult, exampleTest } from '../../db/example-result.ts';
import type { Investigation } from '../../db/generated/investigations.ts';
import type { KnownIssue } from '../../db/generated/known-issue.ts';
import type { Failure, Result, TestResult } from '../../db/generated/result.ts';
import { keepInvestigation, readInvestigations } from '../../db/investigations.ts';
import { ResultStore } from '../../db/result-store.ts';
import { passesBefore } from '../last-good.ts';
import { investigate, type InvestigationQuestion } from './investigate.ts';
import { newFailures } from './new-failures.ts';
import { commitOf } from './old-suite.ts';
import { sinceLastGood } from './since-last-good.ts';
import { FakeChecks } from './testing/fake-checks.ts';

const question: InvestigationQuestion = {
  result: '20261122-031500-k3xq-007',
  test: 'printers/a.b/a-page',
  signature: '0123456789abcdef',
  since: { result: '20261121-031500-aaaa-007', image: true, suite: false, model: false, surroundings: [] },
  harness: 'hwlab 0.1.0 0123abcd',
  outOfTime: () => false,
  now: () => Date.UTC(2026, 10, 22),
};

function failing(feature: string, message: string, requirement: TestResult['requirement'] = 'required'): TestResult {
  const failure: Failure = { code: 'assertion', blame: 'product', message };
  const test = exampleTest(feature, 'FAIL');
  return { ...test, requirement, attempts: [{ ...test.attempts[0], failure }] };
}
const of = (id: string, change: Partial<Result>, cell: Partial<Result['cell']> = {}): Result => {
  const base = exampleResult({ outcome: 'FAIL', ...change });
  return { ...base, id, cell: { ...base.cell, ...cell } };
};

describe('investigate', () => {
  it('stops as soon as it is decided, with the runs that show it', async () => {
    const checks = new FakeChecks({ again: 'same failure', 'last-good-image': 'passes' });
    const found = await investigate(question, checks, () => undefined);
    expect(found).to.include({ verdict: 'product', result: question.result, test: question.test, harness: question.harness });
    expect(found.checks.map(({ check, result }) => [check, result])).to.deep.equal([['again', '20261122-031500-fake-001'], ['last-good-image', '20261122-031500-fake-002']]);
  });

  it('begins no run when the time is over, and says so', async () => {
    let runs = 0;
    const checks = new FakeChecks({ again: 'same failure' });
    const found = await investigate({ ...question, outOfTime: () => runs > 0 }, checks, () => (runs += 1));
    expect([found.verdict, found.outOfTime, checks.ran]).to.deep.equal(['undecided', true, ['again']]);
  });

  describe('what a night looks into', () => {
    const now = new Date('2026-11-22T12:00:00Z');
    it('one of each kind of failure, however many cells show it', () => {
      const results = [of('20261122-031500-k3xq-002', { tests: [failing('a.b', '2 pages'), failing('c.d', 'x')] }, { id: 'two' }), of('20261122-031500-k3xq-001', { tests: [failing('a.b', '7 pages')] }, { id: 'one' })];
      expect(newFailures(results, [], [], now).map(({ result, test }) => `${result.id} ${test?.feature ?? ''}`)).to.deep.equal(['20261122-031500-k3xq-001 a.b', '20261122-031500-k3xq-002 c.d']);
    });
    it('not what failed there the night before in the same way; but what fails otherwise', () => {
      const before = [of('20261121-031500-k3xq-001', { tests: [failing('a.b', '2 pages')] })];
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [failing('a.b', '9 pages')] })], before, [], now)).to.deep.equal([]);
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [failing('a.b', 'no paper')] })], before, [], now)).to.have.length(1);
      const twice = [of('20261121-031500-k3xq-001', { tests: [{ ...failing('a.b', 'no paper'), attempts: [...failing('a.b', '2 pages').attempts, ...failing('a.b', 'no paper').attempts] as unknown as TestResult['attempts'] }] })];
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [failing('a.b', '9 pages')] })], twice, [], now), 'any attempt of the night before').to.deep.equal([]);
    });
    it('neither tests on trial, nor cells with quirks, nor what a known issue names', () => {
      const issue = { id: 'known', kind: 'errata', title: 'known', scope: {}, signature: { message: 'pages' }, owner: 'qa', link: 'https://example.org', since: '2026-01-01', expires: '2027-01-01' } as KnownIssue;
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [failing('a.b', '2 pages', 'trial')] })], [], [], now)).to.deep.equal([]);
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [failing('a.b', '2 pages')] }, { personalities: ['slow'] })], [], [], now)).to.deep.equal([]);
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [failing('a.b', '2 pages')] })], [], [issue], now)).to.deep.equal([]);
    });
    it('what a known issue names in one test only, that test; and what it was looked for in and not found is new', () => {
      const issue = { id: 'known', kind: 'errata', title: 'known', scope: { features: ['a.b'] }, signature: { message: 'pages' }, owner: 'qa', link: 'https://example.org', since: '2026-01-01', expires: '2027-01-01' } as KnownIssue;
      const night = (...tests: TestResult[]): (string | undefined)[] => newFailures([of('20261122-031500-k3xq-001', { tests })], [], [issue], now).map(({ test }) => test?.feature);
      expect(night(failing('a.b', '2 pages'), failing('c.d', '2 pages'))).to.deep.equal(['c.d']);
      expect(night(failing('a.b', 'no paper'))).to.deep.equal(['a.b']);
    });
    it('a cell that broke by the product, and not one that the lab broke', () => {
      const reason = (blame: Failure['blame']): Failure => ({ code: 'guest-panicked', blame, message: 'panic' });
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [], reason: reason('product') })], [], [], now)).to.have.length(1);
      expect(newFailures([of('20261122-031500-k3xq-001', { tests: [], outcome: 'MISS', reason: reason('lab') })], [], [], now)).to.deep.equal([]);
    });
  });

  describe('the last good result', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-investigate-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    it('is the newest of the same device, suite and machine in which the same test passed, and not a run of a developer', async () => {
      const bad = of('20261122-031500-k3xq-001', { night: '20261122-031500-k3xq', tests: [failing('a.b', 'x')] });
      const good = (id: string, change: Partial<Result> = {}, cell: Partial<Result['cell']> = {}): Result => of(id, { night: id.replace(/-\d+$/, ''), outcome: 'PASS', tests: [exampleTest('a.b', 'PASS')], ...change }, cell);
      const results = [good('20261101-031500-k3xq-001'), good('20261110-031500-k3xq-001', { environment: { ...bad.environment, imageSha256: 'f'.repeat(64), suiteRevision: '0'.repeat(16) } }), good('20261111-031500-k3xq-001', {}, { machine: 'vm-ehci' }), good('20261112-031500-k3xq-001', { manifest: { purpose: 'repro', transport: 'usb-redir', patience: 1, limitSeconds: 60, seed: 1 } }), good('20261113-031500-k3xq-001', { tests: [exampleTest('c.d', 'PASS')] }), good('20261114-031500-k3xq-001', { reason: { code: 'guest-panicked', blame: 'product', message: 'panic' } }), good('20261115-031500-k3xq-001', { manifest: { purpose: 'night', transport: 'usb-redir', patience: 1, limitSeconds: 60, seed: 1, control: 'broken' } }), bad];
      await using store = ResultStore.open(folder);
      for (const result of results) await store.append(result);
      const passes = await passesBefore(folder, bad);
      expect(passes.map(({ id }) => id)).to.deep.equal(['20261110-031500-k3xq-001', '20261101-031500-k3xq-001']);
      expect(sinceLastGood(bad, passes[0])).to.deep.include({ image: true, suite: true, model: false, surroundings: [] });
      expect(sinceLastGood(bad, undefined)).to.equal(undefined);
    });

    it('what was found out lies beside the results, once for each failure, and is no night of its own', async () => {
      const found: Investigation = await investigate(question, new FakeChecks({ again: 'passes' }), () => undefined);
      await keepInvestigation(folder, '20261122-031500-k3xq', found);
      await keepInvestigation(folder, '20261122-031500-k3xq', { ...found, verdict: 'product' });
      expect((await readInvestigations(folder, '20261122-031500-k3xq')).map(({ verdict }) => verdict)).to.deep.equal(['product']);
      expect(await ResultStore.open(folder).nights()).to.deep.equal([]);
      expect(await readInvestigations(folder, '20261121-031500-k3xq')).to.deep.equal([]);
      writeFileSync(join(folder, 'results/2026-11/20261122-031500-k3xq.investigations.json'), '{"schema":"hwlab/investigations/1"}');
      expect(await readInvestigations(folder, '20261122-031500-k3xq').catch((error: unknown) => error)).to.have.property('code', 'data-invalid');
    });
  });

  it('takes a commit out of what a result says of its harness, and nothing that is none', () => {
    expect(['hwlab 0.1.0 3f2a9c1d', 'hwlab 0.1.0 3f2a9c1d+changes', 'hwlab 0.1.0', 'hwlab 0.1.0 --output=x', 'hwlab 0.1.0 HEAD', 'hwlab 0.1.0 3f2a9c1d; rm'].map(commitOf)).to.deep.equal(['3f2a9c1d', '3f2a9c1d', undefined, undefined, undefined, undefined]);
  });
});
