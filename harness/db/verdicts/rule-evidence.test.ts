import { expect } from 'chai';
import type { RuleClaim } from '../generated/coverage.ts';
import type { EvidenceLevel } from './best-evidence.ts';
import type { Verdict } from './feature-verdict.ts';
import { headlineOf, type Headline } from './headline.ts';
import { withRules, type JudgedClass, type RuleEvidence } from './rule-evidence.ts';

const everyVerdict: readonly Verdict[] = ['works', 'limited', 'broken', 'unsupported', 'unstable', 'unknown', 'not_applicable'];
const everyLevel: readonly EvidenceLevel[] = ['E1', 'E2', 'E3', 'E4', 'E5'];

function rules(...claims: readonly (readonly [RuleClaim['class'], boolean])[]): RuleEvidence {
  return { claims: claims.map(([name, claimed]) => ({ class: name, claimed, drivers: [] })), readAt: '2026-11-22T00:00:00Z', kernel: '6.1.0-56-amd64', sha256: '0'.repeat(64) };
}

function judged(name: JudgedClass['name'], verdict?: Verdict, level: EvidenceLevel = 'E2'): JudgedClass {
  return { name, verdicts: verdict === undefined ? [] : [verdict], counted: verdict === undefined ? [] : [{ requirement: 'required', verdict, level, unitsDisagree: false }] };
}

function headline(classes: readonly JudgedClass[], evidence: RuleEvidence | undefined): Headline {
  return headlineOf(withRules(classes, evidence).counted).headline;
}

describe('rule evidence (E0)', () => {
  it('gives at most an expectation, and only where nothing was tested', () => {
    expect(headline([judged('printer')], undefined)).to.equal('not-tested');
    expect(headline([judged('printer')], rules(['printer', true]))).to.equal('expected-to-work');
    expect(headline([judged('printer')], rules(['printer', false]))).to.equal('expected-not-to-work');
    expect(headline([judged('printer')], rules(['scanner', true]))).to.equal('not-tested');
    expect(headlineOf(withRules([judged('printer')], rules(['printer', true])).counted).level).to.equal('E0');
  });

  it('never changes what a class with a verdict of any higher level says', () => {
    for (const verdict of everyVerdict.filter((one) => one !== 'unknown')) {
      for (const level of everyLevel) {
        for (const claimed of [true, false]) {
          const classes = [judged('printer', verdict, level)];
          const { counted, used } = withRules(classes, rules(['printer', claimed]));
          expect(counted, `${verdict} ${level} ${claimed}`).to.deep.equal([classes[0]?.counted]);
          expect(used).to.deep.equal([]);
        }
      }
    }
  });

  it('speaks for a class whose tests never came to a verdict', () => {
    expect(headline([judged('printer', 'unknown')], rules(['printer', true]))).to.equal('expected-to-work');
  });

  it('completes a device of several classes, and a missing claim brings no tested class down', () => {
    for (const level of everyLevel) {
      const tested = judged('printer', 'works', level);
      expect(headline([tested, judged('scanner')], rules(['scanner', true])), level).to.equal('expected-to-work');
      expect(headline([tested, judged('scanner')], rules(['scanner', false])), level).to.equal('not-tested');
      expect(headline([judged('printer', 'broken', level), judged('scanner')], rules(['scanner', true]))).to.equal(headline([judged('printer', 'broken', level), judged('scanner')], undefined));
    }
    expect(headline([judged('printer'), judged('scanner')], rules(['printer', true]))).to.equal('not-tested');
    expect(headline([judged('printer'), judged('scanner')], rules(['printer', true], ['scanner', false]))).to.equal('expected-not-to-work');
  });
});
