import { expect } from 'chai';
import { exampleResult, exampleTest } from '../example-result.ts';
import { ImageHistory } from './test-history.ts';

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

  it('a run of selected tests alone is no whole run', () => {
    expect(after(selected).current).to.equal(undefined);
  });

  it('a whole run says which tests there are', () => {
    expect(after(exampleResult(), whole).current).to.deep.equal(whole.tests.map((test) => test.id));
  });
});
