import { expect } from 'chai';
import { testVerdict, windowLength, type Mark, type ScoredRun } from './test-verdict.ts';

/** `P` pass, `F` fail, `D` fail with a deterministic signature, `U` fail because nothing claims it; one run a word: `P FP FF`. */
function runs(text: string): readonly ScoredRun[] {
  return text.split(' ').filter(Boolean).map((word, index) => {
    const marks = [...word].map((letter): Mark => ({ pass: letter === 'P', deterministic: letter === 'D', unclaimed: letter === 'U' }));
    return { marks: marks as [Mark, ...Mark[]], result: `r${index}`, imageSha256: 'a', at: `2026-11-${String(index + 1).padStart(2, '0')}T00:00:00Z` };
  });
}

describe('testVerdict', () => {
  const table: readonly (readonly [string, string, 'suspect'?])[] = [
    ['', 'unknown'],
    // Every sequence of up to three runs.
    ['P', 'works'],
    ['F', 'unknown', 'suspect'],
    ['P P', 'works'],
    ['P F', 'works', 'suspect'],
    ['F P', 'works', 'suspect'],
    ['F F', 'broken'],
    ['P P P', 'works'],
    ['P P F', 'works', 'suspect'],
    ['P F P', 'works', 'suspect'],
    ['F P P', 'works', 'suspect'],
    ['P F F', 'broken'],
    ['F P F', 'unstable'],
    ['F F P', 'unstable'],
    ['F F F', 'broken'],
    // An automatic retry counts like a run.
    ['FP', 'works', 'suspect'],
    ['FF', 'broken'],
    ['P FP', 'works', 'suspect'],
    ['P FF', 'broken'],
    ['FP FP', 'unstable'],
    ['FF P', 'unstable'],
    ['F FP', 'unstable'],
    // A deterministic signature is proof at the first time, and only while it lasts.
    ['D', 'broken'],
    ['P P D', 'broken'],
    ['D P', 'works', 'suspect'],
    // Nothing claims it.
    ['U', 'unknown', 'suspect'],
    ['UU', 'unsupported'],
    ['F U', 'unsupported'],
    ['U F', 'broken'],
    // The window.
    [`F F ${'P '.repeat(windowLength)}`, 'works'],
    [`F F ${'P '.repeat(windowLength - 1)}`, 'works', 'suspect'],
    [`F F ${'P '.repeat(windowLength - 2)}`, 'unstable'],
  ];
  for (const [sequence, verdict, suspect] of table) {
    it(`${sequence || 'nothing'} is ${verdict}${suspect ? ', suspect' : ''}`, () => {
      expect(testVerdict(runs(sequence))).to.include({ verdict, suspect: suspect === 'suspect' });
    });
  }

  it('names the last good and the first bad run of what is broken', () => {
    const { lastGood, firstBad } = testVerdict(runs('P F P FF F'));
    expect([lastGood?.result, firstBad?.result]).to.deep.equal(['r2', 'r3']);
    expect(testVerdict(runs('FF')).lastGood).to.equal(undefined);
    expect(testVerdict(runs('FF')).firstBad?.result).to.equal('r0');
    expect(testVerdict(runs('P F')).firstBad).to.equal(undefined);
  });
});
