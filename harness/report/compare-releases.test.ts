import { expect } from 'chai';
import { exampleResult, exampleTest } from '../db/example-result.ts';
import type { Outcome, Result, TestResult } from '../db/generated/result.ts';
import { compareReleases } from './compare-releases.ts';

const on = (image: string, tests: readonly TestResult[], cell: Partial<Result['cell']> = {}): Result => exampleResult({ cell: { image, id: `${image}/pc/x/printers`, ...cell }, tests: [...tests] });
const test = (feature: string, outcome: Outcome, requirement: TestResult['requirement'] = 'required'): TestResult => ({ ...exampleTest(feature, outcome), requirement });

describe('compareReleases', () => {
  it('has nothing to say of a night with one image', () => {
    expect(compareReleases([on('debian-12', [test('a.b', 'PASS')])])).to.equal(undefined);
    expect(compareReleases([])).to.equal(undefined);
  });

  it('puts the same test of the same device side by side, and what breaks on a release first', () => {
    const compared = compareReleases([
      on('debian-13', [test('a.broken', 'FAIL'), test('a.same', 'PASS'), test('a.optional', 'FAIL', 'optional'), test('a.skip', 'SKIP')]),
      on('debian-12', [test('a.same', 'PASS'), test('a.optional', 'PASS', 'optional'), test('a.broken', 'PASS'), test('a.skip', 'PASS')]),
    ]);
    expect(compared?.images).to.deep.equal(['debian-12', 'debian-13']);
    expect(compared?.broken.map(({ test: { feature }, on: releases }) => [feature, releases.map(({ image, state }) => `${image} ${state}`)])).to.deep.equal([
      ['a.broken', ['debian-12 PASS', 'debian-13 FAIL']],
      ['a.optional', ['debian-12 PASS', 'debian-13 FAIL']],
    ]);
    expect(compared?.broken[0]?.on.map(({ message }) => message !== undefined)).to.deep.equal([false, true]);
    expect(compared?.skipped.map((row) => row.test.feature)).to.deep.equal(['a.skip']);
    expect(compared?.alike.map((row) => row.test.feature)).to.deep.equal(['a.same']);
    expect(compared?.notCompared).to.equal(0);
  });

  it('takes a second attempt for a pass, a failure on trial for a failure, and a fault of the lab for nothing', () => {
    const compared = compareReleases([
      on('debian-12', [test('a.flaky', 'PASS'), test('a.trial', 'FAIL', 'trial'), test('a.lab', 'MISS'), test('a.only', 'PASS')]),
      on('debian-13', [{ ...test('a.flaky', 'PASS'), flake: true }, test('a.trial', 'PASS', 'trial'), test('a.lab', 'PASS')]),
      on('debian-14', [test('a.flaky', 'PASS'), test('a.trial', 'ERROR', 'trial')]),
    ]);
    expect(compared?.alike.map((row) => row.test.feature)).to.deep.equal(['a.flaky']);
    expect(compared?.broken.map((row) => [row.test.feature, row.on.map(({ state }) => state)])).to.deep.equal([['a.trial', ['TRIAL', 'PASS']]]);
    expect(compared?.notCompared).to.equal(2);
  });

  it('compares only cells that differ in nothing but the image', () => {
    const others: readonly Partial<Result['cell']>[] = [{ machine: 'vm-ehci' }, { model: 'other' }, { personalities: ['mute'] }, { suite: 'scanners' }, { transport: 'usbip' }];
    for (const other of others) {
      const compared = compareReleases([on('debian-12', [test('a.b', 'PASS')]), on('debian-13', [test('a.b', 'FAIL')], other)]);
      expect(compared?.broken, JSON.stringify(other)).to.deep.equal([]);
      expect(compared?.notCompared).to.equal(2);
    }
  });

  it('sorts releases as people count', () => {
    expect(compareReleases(['os-10', 'os-9'].map((image) => on(image, [])))?.images).to.deep.equal(['os-9', 'os-10']);
  });
});
