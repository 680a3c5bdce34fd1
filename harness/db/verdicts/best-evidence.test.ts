import { expect } from 'chai';
import { bestEvidence, type EvidenceLevel, type FeatureEvidence } from './best-evidence.ts';
import type { Verdict } from './feature-verdict.ts';

function evidence(level: EvidenceLevel, verdict: Verdict, at: string): FeatureEvidence {
  return { level, at, unitsDisagree: false, feature: { verdict, suspect: false, failing: [], unsteady: [], untested: [] } };
}

describe('bestEvidence', () => {
  const table: readonly (readonly [string, readonly FeatureEvidence[], EvidenceLevel | undefined, boolean])[] = [
    ['nothing', [], undefined, false],
    ['the higher level wins', [evidence('E2', 'works', '2'), evidence('E4', 'works', '1')], 'E4', false],
    ['a newer contradiction from below contests', [evidence('E2', 'broken', '2'), evidence('E4', 'works', '1')], 'E4', true],
    ['also when the better one is bad', [evidence('E2', 'works', '2'), evidence('E4', 'broken', '1')], 'E4', true],
    ['an older contradiction from below does not', [evidence('E2', 'broken', '1'), evidence('E4', 'works', '2')], 'E4', false],
    ['limited and unstable do not contradict works', [evidence('E2', 'limited', '2'), evidence('E3', 'unstable', '2'), evidence('E4', 'works', '1')], 'E4', false],
    ['a level that says nothing does not win', [evidence('E2', 'works', '1'), evidence('E4', 'unknown', '2')], 'E2', false],
    ['nor contest', [evidence('E2', 'not_applicable', '2'), evidence('E4', 'works', '1')], 'E4', false],
    ['nothing but silence keeps the highest', [evidence('E2', 'unknown', '1'), evidence('E3', 'not_applicable', '1')], 'E3', false],
  ];
  for (const [what, levels, level, contested] of table) {
    it(what, () => {
      for (const order of [levels, levels.toReversed()]) {
        const found = bestEvidence(order);
        expect(found?.best.level).to.equal(level);
        expect(found?.contested ?? false).to.equal(contested);
      }
    });
  }
});
