import { expect } from 'chai';
import type { EvidenceLevel } from './best-evidence.ts';
import type { Verdict } from './feature-verdict.ts';
import { headlineOf, type Headline, type HeadlineFeature, type Requirement } from './headline.ts';

const levels: readonly EvidenceLevel[] = ['E0', 'E1', 'E2', 'E3', 'E4', 'E5'];
const requirements: readonly Requirement[] = ['required', 'recommended', 'optional', 'trial'];

const short: Readonly<Record<string, Headline>> = {
  C: 'certified',
  W: 'works',
  L: 'works-with-limits',
  N: 'does-not-work',
  X: 'conflicting',
  e: 'expected-to-work',
  n: 'expected-not-to-work',
  '-': 'not-tested',
};

function feature(requirement: Requirement, verdict: Verdict, level: EvidenceLevel, unitsDisagree = false): HeadlineFeature {
  return { requirement, verdict, level, unitsDisagree };
}

describe('headlineOf', () => {
  describe('one feature of each verdict, requirement and level beside a required one that works at the same level', () => {
    // Columns: E0 to E5. Rows: required, recommended, optional, trial.
    const table: Readonly<Record<Verdict, readonly [string, string, string, string]>> = {
      works: ['eeeWWC', 'eeeWWC', 'eeeWWC', 'eeeWWC'],
      limited: ['eeeLLL', 'eeeLLL', 'eeeWWC', 'eeeWWC'],
      unstable: ['eeeLLL', 'eeeLLL', 'eeeWWC', 'eeeWWC'],
      broken: ['nnnNNN', 'eeeLLL', 'eeeWWC', 'eeeWWC'],
      unsupported: ['nnnNNN', 'eeeLLL', 'eeeWWC', 'eeeWWC'],
      unknown: ['------', 'eeeWWC', 'eeeWWC', 'eeeWWC'],
      not_applicable: ['eeeWWC', 'eeeWWC', 'eeeWWC', 'eeeWWC'],
    };
    for (const [verdict, rows] of Object.entries(table) as [Verdict, readonly string[]][]) {
      for (const [index, requirement] of requirements.entries()) {
        it(`${requirement} ${verdict}: ${rows[index]}`, () => {
          const seen = levels.map((level) => headlineOf([[feature('required', 'works', level), feature(requirement, verdict, level)]]).headline);
          expect(seen).to.deep.equal([...(rows[index] ?? '')].map((letter) => short[letter]));
        });
      }
    }
  });

  describe('features of a device by itself', () => {
    const table: readonly (readonly [string, readonly (readonly HeadlineFeature[])[], string, EvidenceLevel | undefined])[] = [
      ['no class', [], '-', undefined],
      ['a class without features', [[]], '-', undefined],
      ['only an optional feature', [[feature('optional', 'works', 'E4')]], '-', undefined],
      ['only features that do not apply', [[feature('required', 'not_applicable', 'E4')]], '-', undefined],
      ['one class of two was not tested', [[feature('required', 'works', 'E4')], []], '-', undefined],
      ['one class of two fails', [[feature('required', 'works', 'E4')], [feature('required', 'broken', 'E4')]], 'N', 'E4'],
      ['one class fails, the other was not tested', [[feature('required', 'broken', 'E2')], []], 'n', 'E2'],
      ['a good headline is as strong as its weakest part', [[feature('required', 'works', 'E4')], [feature('required', 'works', 'E2')]], 'e', 'E2'],
      ['a bad headline is as strong as its strongest part', [[feature('required', 'broken', 'E2'), feature('required', 'broken', 'E4')]], 'N', 'E4'],
      ['a weaker part that does not apply does not weaken', [[feature('required', 'works', 'E5'), feature('required', 'not_applicable', 'E2')]], 'C', 'E5'],
      ['units of a real device disagree', [[feature('required', 'broken', 'E4', true)]], 'X', 'E4'],
      ['emulated units disagree', [[feature('required', 'broken', 'E2', true)]], 'n', 'E2'],
      ['a required feature fails and works after setup', [[{ ...feature('required', 'broken', 'E4'), afterSetup: true }]], 'L', 'E4'],
      ['the same, emulated', [[{ ...feature('required', 'broken', 'E2'), afterSetup: true }]], 'e', 'E2'],
      ['a recommended one works after setup', [[feature('required', 'works', 'E4'), { ...feature('recommended', 'unsupported', 'E4'), afterSetup: true }]], 'L', 'E4'],
      ['one works after setup, another fails', [[{ ...feature('required', 'broken', 'E4'), afterSetup: true }, feature('required', 'broken', 'E4')]], 'N', 'E4'],
      ['setup changes nothing of what works, is unsteady, or was not tested', [[{ ...feature('required', 'works', 'E4'), afterSetup: true }, { ...feature('required', 'unknown', 'E4'), afterSetup: true }]], '-', undefined],
      ['units disagree on one feature and agree that another fails', [[feature('required', 'broken', 'E4', true), feature('required', 'broken', 'E4')]], 'N', 'E4'],
    ];
    for (const [what, classes, letter, level] of table) {
      it(what, () => expect(headlineOf(classes)).to.deep.equal({ headline: short[letter], level }));
    }
  });

  it('never says Works, Certified or Does not work on virtual evidence alone', () => {
    const verdicts: readonly Verdict[] = ['works', 'limited', 'unstable', 'broken', 'unsupported', 'unknown', 'not_applicable'];
    const virtual = requirements.flatMap((requirement) => verdicts.flatMap((verdict) => levels.slice(0, 3).flatMap((level) => [feature(requirement, verdict, level), feature(requirement, verdict, level, true)])));
    for (const one of virtual) {
      for (const other of virtual) expect(headlineOf([[one, other]]).headline).to.match(/^(expected|not-tested)/);
    }
  });
});
