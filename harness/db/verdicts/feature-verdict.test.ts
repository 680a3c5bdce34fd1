import { expect } from 'chai';
import { featureVerdict, type FeaturePart } from './feature-verdict.ts';

const letters: Readonly<Record<string, Pick<FeaturePart, 'verdict' | 'skipped' | 'suspect'>>> = {
  w: { verdict: 'works', skipped: false, suspect: false },
  s: { verdict: 'works', skipped: false, suspect: true },
  b: { verdict: 'broken', skipped: false, suspect: false },
  n: { verdict: 'unsupported', skipped: false, suspect: false },
  u: { verdict: 'unstable', skipped: false, suspect: false },
  '?': { verdict: 'unknown', skipped: false, suspect: false },
  '-': { verdict: 'unknown', skipped: true, suspect: false },
};

function parts(text: string): readonly FeaturePart[] {
  return [...text].map((letter, index) => ({ test: `t${index}`, title: `${letter}${index}`, ...(letters[letter] as Pick<FeaturePart, 'verdict' | 'skipped' | 'suspect'>) }));
}

describe('featureVerdict', () => {
  const table: readonly (readonly [string, string])[] = [
    ['', 'unknown'],
    ['w', 'works'],
    ['s', 'works'],
    ['b', 'broken'],
    ['n', 'unsupported'],
    ['u', 'unstable'],
    ['?', 'unknown'],
    ['-', 'not_applicable'],
    // Every pair of different kinds.
    ['wb', 'limited'],
    ['wn', 'limited'],
    ['wu', 'unstable'],
    ['w?', 'works'],
    ['w-', 'works'],
    ['bn', 'broken'],
    ['bu', 'broken'],
    ['b?', 'broken'],
    ['b-', 'broken'],
    ['nu', 'broken'],
    ['n?', 'unsupported'],
    ['n-', 'unsupported'],
    ['u?', 'unstable'],
    ['u-', 'unstable'],
    ['?-', 'unknown'],
    ['wbu', 'limited'],
  ];
  for (const [text, verdict] of table) {
    it(`${text || 'no test'} is ${verdict}`, () => {
      expect(featureVerdict(parts(text)).verdict).to.equal(verdict);
      expect(featureVerdict(parts(text).toReversed()).verdict).to.equal(verdict);
    });
  }

  it('names the parts that fail, are unsteady and are untested', () => {
    expect(featureVerdict(parts('wbu?-n'))).to.deep.equal({ verdict: 'limited', suspect: false, failing: ['b1', 'n5'], unsteady: ['u2'], untested: ['?3'] });
    for (const text of ['ws', 'sw']) expect(featureVerdict(parts(text)).suspect, text).to.equal(true);
  });
});
