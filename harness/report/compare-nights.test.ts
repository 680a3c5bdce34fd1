import { expect } from 'chai';
import type { Outcome, Result, TestResult } from '../db/generated/result.ts';
import { compareNights, type NightChanges } from './compare-nights.ts';
import { fakeNight } from './testing/fake-night.ts';
import type { State } from './night-counts.ts';

const [template] = fakeNight({ seed: 1, cells: 1, green: true, folder: '/nowhere' }).summary.results as [Result];

function test(state: State): TestResult {
  const outcome: Outcome = state === 'FLAKY' ? 'PASS' : state === 'TRIAL' ? 'FAIL' : (state as Outcome);
  return { id: 'printers/printing.raw/x', title: 'x', feature: 'printing.raw', requirement: state === 'TRIAL' ? 'trial' : 'required', outcome, flake: state === 'FLAKY', attempts: [{ attempt: 1, outcome, startedAt: template.startedAt, durationMs: 1, artefacts: [] }] };
}

function night(state: State | undefined, change: Partial<Result> = {}): Result[] {
  return [{ ...template, outcome: state && state !== 'FLAKY' && state !== 'TRIAL' ? (state as Outcome) : 'PASS', tests: state ? [test(state)] : [], ...change }];
}

type ListName = Exclude<keyof NightChanges, 'environment'>;
const lists: readonly ListName[] = ['newFailures', 'fixed', 'stillFailing', 'newFlakes', 'newlySkipped', 'newlyUntested', 'goneTests', 'newTests'];

/** before, now, the lists that the test must be in. Every pair of states is here. */
const table: readonly (readonly [State | undefined, State | undefined, ...ListName[]])[] = [
  ['PASS', 'TRIAL'], ['TRIAL', 'PASS'], ['TRIAL', 'TRIAL'], ['TRIAL', 'FAIL', 'newFailures'], ['TRIAL', 'MISS', 'newlyUntested'], ['FAIL', 'TRIAL'],
  ['PASS', 'PASS'], ['PASS', 'FAIL', 'newFailures'], ['PASS', 'FLAKY', 'newFlakes'], ['PASS', 'SKIP', 'newlySkipped'], ['PASS', 'MISS', 'newlyUntested'], ['PASS', 'ERROR', 'newlyUntested'], ['PASS', 'DONE'], ['PASS', undefined, 'goneTests'],
  ['FAIL', 'PASS', 'fixed'], ['FAIL', 'FAIL', 'stillFailing'], ['FAIL', 'FLAKY', 'newFlakes'], ['FAIL', 'SKIP', 'newlySkipped'], ['FAIL', 'MISS', 'newlyUntested'], ['FAIL', 'ERROR', 'newlyUntested'], ['FAIL', 'DONE', 'fixed'], ['FAIL', undefined, 'goneTests'],
  ['FLAKY', 'PASS'], ['FLAKY', 'FAIL', 'newFailures'], ['FLAKY', 'FLAKY'], ['FLAKY', 'SKIP', 'newlySkipped'], ['FLAKY', 'MISS', 'newlyUntested'], ['FLAKY', 'ERROR', 'newlyUntested'], ['FLAKY', 'DONE'], ['FLAKY', undefined, 'goneTests'],
  ['SKIP', 'PASS'], ['SKIP', 'FAIL', 'newFailures'], ['SKIP', 'FLAKY', 'newFlakes'], ['SKIP', 'SKIP'], ['SKIP', 'MISS'], ['SKIP', 'ERROR'], ['SKIP', 'DONE'], ['SKIP', undefined, 'goneTests'],
  ['MISS', 'PASS'], ['MISS', 'FAIL', 'newFailures'], ['MISS', 'FLAKY', 'newFlakes'], ['MISS', 'SKIP', 'newlySkipped'], ['MISS', 'MISS'], ['MISS', 'ERROR'], ['MISS', 'DONE'], ['MISS', undefined, 'goneTests'],
  ['ERROR', 'PASS'], ['ERROR', 'FAIL', 'newFailures'], ['ERROR', 'FLAKY', 'newFlakes'], ['ERROR', 'SKIP', 'newlySkipped'], ['ERROR', 'MISS'], ['ERROR', 'ERROR'], ['ERROR', 'DONE'], ['ERROR', undefined, 'goneTests'],
  ['DONE', 'PASS'], ['DONE', 'FAIL', 'newFailures'], ['DONE', 'FLAKY', 'newFlakes'], ['DONE', 'SKIP', 'newlySkipped'], ['DONE', 'MISS', 'newlyUntested'], ['DONE', 'ERROR', 'newlyUntested'], ['DONE', 'DONE'], ['DONE', undefined, 'goneTests'],
  [undefined, 'PASS', 'newTests'], [undefined, 'FAIL', 'newFailures'], [undefined, 'FLAKY', 'newFlakes', 'newTests'], [undefined, 'SKIP', 'newTests'], [undefined, 'MISS', 'newTests'], [undefined, 'ERROR', 'newTests'], [undefined, 'DONE', 'newTests'],
];

describe('compareNights', () => {
  for (const [before, now, ...expected] of table) {
    it(`${before ?? 'no such test'} -> ${now ?? 'no such test'}: ${expected.join(', ') || 'no change'}`, () => {
      const changes = compareNights(night(before), night(now));
      expect(lists.filter((list) => changes[list].length > 0)).to.have.members(expected);
    });
  }

  it('a test that failed before is a new failure when it fails in another way, and the same with other numbers', () => {
    const failing = (...messages: string[]): Result[] => night('FAIL', { tests: [{ ...test('FAIL'), attempts: messages.map((message, index) => ({ ...test('FAIL').attempts[0], attempt: index + 1, failure: { code: 'assertion-failed', blame: 'product', message } })) as unknown as TestResult['attempts'] }] });
    const which = (before: Result[], now: Result[]): readonly string[] => lists.filter((list) => compareNights(before, now)[list].length > 0);
    expect(which(failing('2 pages'), failing('9 pages'))).to.deep.equal(['stillFailing']);
    expect(which(failing('2 pages'), failing('no paper'))).to.deep.equal(['newFailures']);
    expect(which(failing('2 pages', 'no paper'), failing('2 pages')), 'one attempt of then').to.deep.equal(['stillFailing']);
  });

  it('compares a device with a quirk with itself, never with the plain one', () => {
    const quirky = { ...template.cell, id: `${template.cell.image}/${template.cell.machine}/${template.cell.model}+late/${template.cell.suite}`, personalities: ['late'] as [string, ...string[]] };
    const withQuirk = (state: State, sha: string): Result[] => night(state, { cell: quirky, environment: { ...template.environment, modelSha256: sha.repeat(64) } });
    const added = compareNights(night('PASS'), [...night('PASS'), ...withQuirk('FAIL', 'd')]);
    expect(added.newCells.map(({ cell }) => cell.id)).to.deep.equal([quirky.id]);
    expect(added.environment).to.deep.equal([]);
    const changed = compareNights([...night('PASS'), ...withQuirk('FAIL', 'd')], [...night('PASS'), ...withQuirk('PASS', 'e')]);
    expect(changed.fixed.map(({ cell }) => cell.id)).to.deep.equal([quirky.id]);
    expect(changed.environment.map(({ what, name }) => [what, name])).to.deep.equal([['model', `${template.cell.model}+late`]]);
  });

  it('a cell that is a MISS as a whole has no gone tests: nobody looked', () => {
    const changes = compareNights(night('PASS'), night(undefined, { outcome: 'MISS' }));
    expect(changes.goneTests).to.deep.equal([]);
    expect(changes.newMisses.map((change) => [change.before, change.now])).to.deep.equal([['PASS', 'MISS']]);
  });

  it('a cell that was a MISS too is no new MISS', () => {
    expect(compareNights(night(undefined, { outcome: 'MISS' }), night(undefined, { outcome: 'MISS' })).newMisses).to.deep.equal([]);
  });

  it('cells come and go with the plan', () => {
    const other = night('FAIL', { cell: { ...template.cell, id: 'other' } });
    const changes = compareNights(night('PASS'), other);
    expect(changes.goneCells.map((change) => change.cell.id)).to.deep.equal([template.cell.id]);
    expect(changes.newCells.map((change) => change.cell.id)).to.deep.equal(['other']);
    expect(changes.newFailures, 'a failure of a new cell is new').to.have.length(1);
  });

  it('names what changed in the environment, once an image', () => {
    const environment = template.environment;
    const { libinput, ...rest } = environment.packages ?? {};
    void libinput;
    const now = night('PASS', { environment: { ...environment, imageSha256: 'f'.repeat(64), kernel: '6.12.9-1', packages: { ...rest, cups: '2.4.12-1', 'new-package': '1' } } });
    const changes = compareNights([...night('PASS'), ...night('PASS')], [...now, ...now]).environment;
    expect(changes.map((change) => `${change.what} ${change.name}: ${change.before?.slice(0, 8) ?? '-'} -> ${change.now?.slice(0, 8) ?? '-'}`)).to.have.members([
      `image ${template.cell.image}: ${environment.imageSha256.slice(0, 8)} -> ffffffff`, 'kernel linux: 6.12.6-1 -> 6.12.9-1', 'package cups: 2.4.10-3 -> 2.4.12-1', 'package new-package: - -> 1', 'package libinput: 1.26.2-1 -> -',
    ]);
  });

  it('says nothing of two equal nights, and bears empty ones', () => {
    const { results } = fakeNight({ seed: 3, cells: 40, folder: '/nowhere' }).summary;
    const same = compareNights(results, [...results].reverse());
    expect(lists.filter((list) => list !== 'stillFailing' && same[list].length > 0)).to.deep.equal([]);
    expect(compareNights([], []).newCells).to.deep.equal([]);
  });
});
