import type { TestResult } from '../generated/result.ts';
import { isReal, type EvidenceLevel } from './best-evidence.ts';
import type { Verdict } from './feature-verdict.ts';

export type Requirement = TestResult['requirement'];

export type Headline =
  | 'certified'
  | 'works'
  | 'works-with-limits'
  | 'does-not-work'
  | 'conflicting'
  | 'expected-to-work'
  | 'expected-not-to-work'
  | 'not-tested';

/** One feature of one class of the device, with its best evidence. */
export interface HeadlineFeature {
  readonly requirement: Requirement;
  readonly verdict: Verdict;
  readonly level: EvidenceLevel;
  readonly unitsDisagree: boolean;
  /** It fails out of the box and works after something known was installed or set: a limit, no failure. */
  readonly afterSetup?: boolean;
}

/** The features of each class that the device claims; a class without any feature was not tested. */
export type ClassFeatures = readonly (readonly HeadlineFeature[])[];

/**
 * Headline of a device on an OS release (VERDICTS.md, 4). It must satisfy every class it claims. A good headline is as
 * strong as the weakest evidence of a required feature, a bad one as the strongest evidence of a failing one.
 */
export function headlineOf(classes: ClassFeatures): { readonly headline: Headline; readonly level: EvidenceLevel | undefined } {
  const counted = classes.flat().filter((feature) => weighs[feature.requirement]);
  const required = counted.filter((feature) => feature.requirement === 'required');
  const failing = required.filter((feature) => standingOf(feature) === 'fails');
  if (failing.length > 0) {
    const level = extreme(failing, 'highest');
    if (failing.every((feature) => feature.unitsDisagree && isReal[feature.level])) return { headline: 'conflicting', level };
    return { headline: negative[level ?? 'E0'], level };
  }
  const proven = required.filter((feature) => standingOf(feature) !== 'unknown');
  if (proven.length < required.length || classes.length === 0 || !classes.every(hasProof)) return { headline: 'not-tested', level: undefined };
  const level = extreme(proven.filter((feature) => feature.verdict !== 'not_applicable'), 'lowest');
  const limited = counted.some((feature) => standingOf(feature) === 'limited' || (standingOf(feature) === 'fails' && feature.requirement === 'recommended'));
  return { headline: (limited ? withLimits : positive)[level ?? 'E0'], level };
}

/** A class is proven when at least one of its required features has a verdict that says something. */
function hasProof(features: readonly HeadlineFeature[]): boolean {
  return features.some((feature) => feature.requirement === 'required' && ['holds', 'limited'].includes(standingOf(feature)));
}

function extreme(features: readonly HeadlineFeature[], which: 'highest' | 'lowest'): EvidenceLevel | undefined {
  const levels = features.map((feature) => feature.level).sort();
  return which === 'highest' ? levels.at(-1) : levels[0];
}

function standingOf({ verdict, afterSetup }: HeadlineFeature): (typeof standing)[Verdict] {
  return afterSetup === true && standing[verdict] === 'fails' ? 'limited' : standing[verdict];
}

/** Requirements that can change a headline. `optional` is told in the details, `trial` waits for the next OS release. */
const weighs: Readonly<Record<Requirement, boolean>> = { required: true, recommended: true, optional: false, trial: false };

const standing: Readonly<Record<Verdict, 'holds' | 'limited' | 'fails' | 'unknown' | 'not needed'>> = {
  works: 'holds',
  limited: 'limited',
  unstable: 'limited',
  broken: 'fails',
  unsupported: 'fails',
  unknown: 'unknown',
  not_applicable: 'not needed',
};

const positive: Readonly<Record<EvidenceLevel, Headline>> = {
  E0: 'expected-to-work',
  E1: 'expected-to-work',
  E2: 'expected-to-work',
  E3: 'works',
  E4: 'works',
  E5: 'certified',
};
const withLimits: Readonly<Record<EvidenceLevel, Headline>> = { ...positive, E3: 'works-with-limits', E4: 'works-with-limits', E5: 'works-with-limits' };
const negative: Readonly<Record<EvidenceLevel, Headline>> = {
  E0: 'expected-not-to-work',
  E1: 'expected-not-to-work',
  E2: 'expected-not-to-work',
  E3: 'does-not-work',
  E4: 'does-not-work',
  E5: 'does-not-work',
};
