import { expect } from 'chai';
import { exampleResult, exampleTest } from '../example-result.ts';
import { cappedLevel, ImageHistory } from './test-history.ts';

describe('ImageHistory', () => {
  const whole = exampleResult({ tests: [exampleTest('printing.raw', 'PASS'), exampleTest('printing.duplex', 'PASS')] });
  const selected = exampleResult({ night: '20261123-031500-abcd', selection: 'duplex', tests: [exampleTest('printing.duplex', 'FAIL')] });

  function after(...results: readonly (typeof whole)[]): { readonly current: readonly string[] | undefined; readonly runs: number } {
    const history = new ImageHistory(() => false);
    for (const result of results) history.add(result);
    const [unit] = history.units;
    return { current: unit?.current && [...unit.current], runs: [...(unit?.tests.values() ?? [])].reduce((sum, test) => sum + test.runs.length, 0) };
  }

  it('a run of selected tests counts, and takes no other test away', () => {
    const { current, runs } = after(whole, selected);
    expect(current).to.deep.equal(whole.tests.map((test) => test.id));
    expect(runs).to.equal(3);
  });

  it('takes E4 of a machine that only pretends for E2, though the result says E4', () => {
    const wired = exampleResult({ cell: { attachment: 'wired' } });
    const of = (metal: NonNullable<typeof wired.environment.metal>): string => cappedLevel({ ...wired, evidence: 'E4', environment: { ...wired.environment, metal } });
    expect(of({ vendor: 'LENOVO', product: 'ThinkPad' })).to.equal('E4');
    expect(of({ vendor: 'hwlab', product: 'hwlab simulator', simulator: 'its firmware says so' })).to.equal('E2');
  });

  it('a run of selected tests alone is no whole run', () => {
    expect(after(selected).current).to.equal(undefined);
  });

  it('a whole run says which tests there are', () => {
    expect(after(exampleResult(), whole).current).to.deep.equal(whole.tests.map((test) => test.id));
  });
});
