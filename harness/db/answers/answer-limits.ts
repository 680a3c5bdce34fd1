import type { Assessment } from '../verdicts/assess-device.ts';
import type { Verdict } from '../verdicts/feature-verdict.ts';
import type { Requirement } from '../verdicts/headline.ts';

/** A feature that the device has only in part or not at all on this image. */
export interface Limit {
  readonly feature: string;
  readonly requirement: Requirement;
  readonly verdict: Extract<Verdict, 'limited' | 'unstable' | 'broken' | 'unsupported'>;
  /** It works once what the answer `needs` is installed or set. */
  readonly afterSetup: boolean;
  /** Titles of the tests that fail, or sometimes do. */
  readonly parts: readonly string[];
}

const order: Readonly<Record<Requirement, number>> = { required: 0, recommended: 1, optional: 2, trial: 3 };

/** The limits, what matters most first. Features on trial count for nothing and are left out. */
export function limitsOf({ features }: Pick<Assessment, 'features'>): readonly Limit[] {
  const limits = features.flatMap(({ feature, requirement, needs, verdict: { verdict, failing, unsteady } }): readonly Limit[] => {
    if (requirement === 'trial' || !isLimit(verdict)) return [];
    return [{ feature, requirement, verdict, afterSetup: needs.length > 0, parts: [...failing, ...unsteady] }];
  });
  return limits.sort((left, right) => order[left.requirement] - order[right.requirement] || left.feature.localeCompare(right.feature, 'en'));
}

function isLimit(verdict: Verdict): verdict is Limit['verdict'] {
  return verdict === 'limited' || verdict === 'unstable' || verdict === 'broken' || verdict === 'unsupported';
}
