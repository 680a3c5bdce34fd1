import type { Result } from '../generated/result.ts';
import type { FeatureVerdict, Verdict } from './feature-verdict.ts';

/** E0 rule, E1 claim, E2 replay, E3 field, E4 lab, E5 certified (VERDICTS.md, 3). */
export type EvidenceLevel = Result['evidence'];

/** Evidence of a level that comes from a real device. */
export const isReal: Readonly<Record<EvidenceLevel, boolean>> = { E0: false, E1: false, E2: false, E3: true, E4: true, E5: true };

/** What one level of evidence says about a feature. */
export interface FeatureEvidence {
  readonly level: EvidenceLevel;
  readonly feature: FeatureVerdict;
  /** ISO 8601 of the newest run. */
  readonly at: string;
  /** Units (model and machine) of this level disagree: works on one, broken on another. */
  readonly unitsDisagree: boolean;
}

export interface BestEvidence {
  readonly best: FeatureEvidence;
  /** Newer evidence of a lower level says the opposite; the verdict stays, a person must look. */
  readonly contested: boolean;
}

/** Higher evidence wins; undefined if no level has any. A level that has no verdict hides none below it. */
export function bestEvidence(levels: readonly FeatureEvidence[]): BestEvidence | undefined {
  const descending = [...levels].sort((left, right) => right.level.localeCompare(left.level));
  const best = descending.find((evidence) => sides[evidence.feature.verdict] !== 'none') ?? descending[0];
  if (best === undefined) return undefined;
  const side = sides[best.feature.verdict];
  const contested = levels.some((other) => {
    const otherSide = sides[other.feature.verdict];
    return other.level < best.level && other.at > best.at && otherSide !== 'none' && otherSide !== side;
  });
  return { best, contested };
}

const sides: Readonly<Record<Verdict, 'good' | 'bad' | 'none'>> = {
  works: 'good',
  limited: 'good',
  unstable: 'good',
  broken: 'bad',
  unsupported: 'bad',
  unknown: 'none',
  not_applicable: 'none',
};
