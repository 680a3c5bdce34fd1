import { expect } from 'chai';
import { exampleResult, exampleTest } from '../../db/example-result.ts';
import type { Result } from '../../db/generated/result.ts';
import type { WireEvent } from '../../emulation/usb-device.ts';
import { alignWire, sideBySide } from './align-wire.ts';
import { diffFacts } from './diff-facts.ts';
import { diffLogs } from './diff-log.ts';
import { diffResults } from './diff-results.ts';

const event = (meaning: string, t = 0): WireEvent => ({ t, from: 'host', kind: 'control', endpoint: 0, meaning });
const trace = (words: string): WireEvent[] => [...words].map((word, index) => event(word, index));

describe('diffFacts', () => {
  it('tells changed, added and gone', () => {
    expect(diffFacts({ a: '1', b: '2', c: '3' }, { a: '1', b: '9', d: '4' })).to.deep.equal([
      { name: 'b', was: '2', is: '9' },
      { name: 'c', was: '3', is: undefined },
      { name: 'd', was: undefined, is: '4' },
    ]);
    expect(diffFacts({}, JSON.parse('{"__proto__":"x"}') as Record<string, string>)).to.have.length(1);
  });
});

describe('diffLogs', () => {
  it('leaves times, numbers and addresses out', () => {
    expect(diffLogs('[    1.0] usb 1-1: new device number 2', '[   99.5] usb 2-4: new device number 17')).to.deep.equal([]);
    expect(diffLogs('a\nb 1', 'a\nc')).to.deep.equal([
      { line: 'b #', was: 1, is: 0 },
      { line: 'c', was: 0, is: 1 },
    ]);
    expect(diffLogs('x\n', 'x\n'.repeat(9)).map(({ is }) => is)).to.deep.equal([9]);
  });
});

describe('diffResults', () => {
  it('tells packages, tests, another failure of the same test, and measurements', () => {
    const base = exampleResult();
    const failing = exampleTest('c.d', 'FAIL');
    const other = { ...failing, attempts: [{ ...failing.attempts[0], failure: { code: 'assertion', blame: 'product' as const, message: 'no paper' } }] as typeof failing.attempts };
    const was = exampleResult({ environment: { ...base.environment, packages: { cups: '1', gs: '1' } }, tests: [exampleTest('a.b', 'PASS'), failing], timings: { total: 1000 } });
    const is = exampleResult({ environment: { ...base.environment, kernel: '6.12', packages: { cups: '2', gs: '1' } }, tests: [exampleTest('a.b', 'FAIL'), other], timings: { total: 3000 } });
    const diff = diffResults(was, is);
    expect(diff.packages.map(({ name }) => name)).to.deep.equal(['cups']);
    expect(diff.environment.map(({ name }) => name)).to.deep.equal(['kernel']);
    expect(diff.tests.map(({ test, failure }) => `${test} ${failure}`)).to.deep.equal(['printers/a.b/a-page-arrives false', 'printers/c.d/a-page-arrives true']);
    expect(diff.measures.filter(({ moved }) => moved).map(({ name }) => name)).to.deep.equal(['total, ms']);
    const quick = (total: number): Result => exampleResult({ timings: { total } });
    expect(diffResults(quick(1), quick(2)).measures.filter(({ moved }) => moved), 'times of a few milliseconds').to.deep.equal([]);
    expect(diffResults(was, base).packages, 'a cell that never got to its guest').to.deep.equal([]);
    expect(diffResults(was, was)).to.deep.include({ environment: [], packages: [], tests: [] });
  });
});

describe('alignWire', () => {
  it('aligns equal traces, whatever their times', () => {
    const { steps, divergesAt, cut } = alignWire(trace('abcd'), trace('abcd').map((each) => ({ ...each, t: each.t * 7 + 3 })));
    expect(steps.every(({ kind }) => kind === 'same')).to.equal(true);
    expect([steps.length, divergesAt, cut]).to.deep.equal([4, undefined, false]);
  });

  it('gives both traces back, in order, with the fewest differences, for all words of few letters', () => {
    const words = ['', 'a', 'ab', 'ba', 'aab', 'abab', 'bbaa', 'abcabba', 'cbabac', 'xaxbx'];
    for (const one of words) {
      for (const two of words) {
        const { steps } = alignWire(trace(one), trace(two));
        const side = (kinds: readonly string[], which: 'first' | 'second'): string => steps.filter(({ kind }) => kinds.includes(kind)).map((step) => step[which]?.meaning ?? '?').join('');
        expect(side(['same', 'only-first'], 'first'), `${one} ${two}`).to.equal(one);
        expect(side(['same', 'only-second'], 'second'), `${one} ${two}`).to.equal(two);
        expect(steps.filter(({ kind }) => kind !== 'same').length, `${one} ${two}`).to.equal(one.length + two.length - 2 * longestCommon(one, two));
      }
    }
  });

  it('takes answers of IPP for the same whatever number they carry, and not whatever they say', () => {
    const answer = (head: string): WireEvent => ({ t: 0, from: 'device', kind: 'bulk', endpoint: 0x81, length: 4096, head });
    expect(alignWire([answer('0200000000011cb501470012')], [answer('020000000000bdfc01470012')]).divergesAt).to.equal(undefined);
    expect(alignWire([answer('0200000000011cb501470012')], [answer('020004060000bdfc01470012')]).divergesAt).to.equal(0);
  });

  it('takes requests of HTTP for the same over whichever interface they go, and whatever id a scan job has', () => {
    const get = (endpoint: number, job: string): WireEvent => ({ t: 0, from: 'host', kind: 'bulk', endpoint, length: 125, meaning: `GET /eSCL/ScanJobs/${job}/NextDocument HTTP/1.1` });
    const data = (endpoint: number): WireEvent => ({ t: 0, from: 'device', kind: 'bulk', endpoint, length: 3, head: '366633' });
    const [one, two] = ['011745ed-7ead-42de-bf6d-166f78f77625', '9fb87c9f-94c9-4b09-8219-70594f4ad070'] as const;
    expect(alignWire([get(1, one), data(0x81)], [get(2, two), data(0x82)]).divergesAt).to.equal(undefined);
    expect(alignWire([get(1, 'last')], [get(1, 'first')]).divergesAt).to.equal(0);
    expect(alignWire([data(0x81)], [data(0x82)]).divergesAt, 'where there is no HTTP').to.equal(0);
  });

  it('stand beside each other where they part', () => {
    const rows = sideBySide(alignWire(trace('abxyc'), trace('abpqrc')).steps).map(({ same, first, second }) => [same, first?.meaning, second?.meaning]);
    expect(rows).to.deep.equal([[true, 'a', 'a'], [true, 'b', 'b'], [false, 'x', 'p'], [false, 'y', 'q'], [false, undefined, 'r'], [true, 'c', 'c']]);
    expect(sideBySide([])).to.deep.equal([]);
  });

  it('says where they part', () => {
    const { steps, divergesAt } = alignWire(trace('abcxe'), trace('abcye'));
    expect(divergesAt).to.equal(3);
    expect(steps[4]?.kind).to.not.equal(undefined);
  });

  it('ends soon with traces that have nothing in common', () => {
    const many = (prefix: string): WireEvent[] => Array.from({ length: 15_000 }, (_, index) => event(`${prefix}${index}`));
    expect(alignWire([...trace('ab'), ...many('x')], [...trace('ab'), ...many('y')])).to.include({ cut: true, divergesAt: 2 });
  });
});

function longestCommon(one: string, two: string): number {
  const best = Array.from({ length: one.length + 1 }, () => new Array<number>(two.length + 1).fill(0));
  for (let x = 1; x <= one.length; x += 1) for (let y = 1; y <= two.length; y += 1) (best[x] ?? [])[y] = one[x - 1] === two[y - 1] ? (best[x - 1]?.[y - 1] ?? 0) + 1 : Math.max(best[x - 1]?.[y] ?? 0, best[x]?.[y - 1] ?? 0);
  return best[one.length]?.[two.length] ?? 0;
}
