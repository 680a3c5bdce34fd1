import type { RuleClaim } from '../generated/coverage.ts';
import type { DeviceClass } from '../generated/device.ts';
import type { HeadlineFeature } from './headline.ts';
import type { Verdict } from './feature-verdict.ts';

/** What an image claims of a device, read from its files: evidence E0, the weakest (VERDICTS.md, 3). */
export interface RuleEvidence {
  readonly claims: readonly RuleClaim[];
  /** ISO 8601: when the image was read. */
  readonly readAt: string;
  readonly kernel: string;
  readonly sha256: string;
}

/** The features of a class that count for the headline, and what was found of each of its features. */
export interface JudgedClass {
  readonly name: DeviceClass;
  readonly counted: readonly HeadlineFeature[];
  readonly verdicts: readonly Verdict[];
}

/**
 * Puts the claims of an image in the place of classes of which no test has said anything. A class with any verdict, good or bad, keeps it;
 * that nothing claims a device counts only where nothing better is known of any of its classes.
 * @returns the features that count, in the order of the classes, and the claims that were used
 */
export function withRules(classes: readonly JudgedClass[], rules: RuleEvidence | undefined): { readonly counted: readonly (readonly HeadlineFeature[])[]; readonly used: readonly RuleClaim[] } {
  const isSilent = ({ verdicts }: JudgedClass): boolean => verdicts.every((verdict) => verdict === 'unknown');
  const allSilent = classes.every(isSilent);
  const used: RuleClaim[] = [];
  const counted = classes.map((own): readonly HeadlineFeature[] => {
    const claim = rules?.claims.find((one) => one.class === own.name);
    if (claim === undefined || !isSilent(own) || (!claim.claimed && !allSilent)) return own.counted;
    used.push(claim);
    return [{ requirement: 'required', verdict: claim.claimed ? 'works' : 'unsupported', level: 'E0', unitsDisagree: false }];
  });
  return { counted, used };
}
