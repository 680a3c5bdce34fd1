import type { DeviceClass } from '../generated/device.ts';
import type { AssessedFeature, Assessment } from '../verdicts/assess-device.ts';
import { isReal, type EvidenceLevel } from '../verdicts/best-evidence.ts';
import type { Freshness } from '../verdicts/freshness.ts';
import { scores } from '../verdicts/score-test.ts';

/** Why a headline is what it is, as data: each has its sentence in every language (answer-text.ts). */
export type Reason =
  /** Nobody can buy it. */
  | { readonly code: 'not-a-product' }
  /** Tests that may move a verdict, on the units that decided. */
  | { readonly code: 'tests'; readonly passed: number; readonly total: number; readonly real: boolean; readonly lastAt: string }
  /** No real device was tried. */
  | { readonly code: 'virtual-only'; readonly level: EvidenceLevel }
  | { readonly code: 'required-fails'; readonly features: readonly string[] }
  | { readonly code: 'recommended-fails'; readonly features: readonly string[] }
  /** Fails out of the box and works once what the answer `needs` is installed or set. */
  | { readonly code: 'after-setup'; readonly features: readonly string[] }
  | { readonly code: 'in-part'; readonly features: readonly string[] }
  | { readonly code: 'unsteady'; readonly features: readonly string[] }
  /** Required features that were never run to a result. */
  | { readonly code: 'required-untested'; readonly features: readonly string[] }
  | { readonly code: 'units-disagree'; readonly features: readonly string[] }
  | { readonly code: 'contested'; readonly features: readonly string[] }
  | { readonly code: 'suspect'; readonly features: readonly string[] }
  | { readonly code: 'freshness'; readonly freshness: Exclude<Freshness, 'fresh'> }
  /** Something it claims to be was never tested: the scanner of a multi-function device. */
  | { readonly code: 'class-untested'; readonly classes: readonly DeviceClass[] }
  /** ISO date on which regular support of the release ended. */
  | { readonly code: 'image-support-ended'; readonly date: string }
  /** Never tried, but a driver in the image claims it; names of drivers and packages. */
  | { readonly code: 'rule-claims'; readonly classes: readonly DeviceClass[]; readonly drivers: readonly string[] }
  /** Never tried, and nothing in the image claims it. */
  | { readonly code: 'rule-none'; readonly classes: readonly DeviceClass[] }
  | { readonly code: 'nothing-known' };

/**
 * The reasons, the weightiest first; never empty.
 * @param ended ISO date on which regular support of the image ended, if it has
 */
export function reasonsOf(assessment: Assessment, ended?: string): readonly Reason[] {
  const { features, level, freshness } = assessment;
  const tested = features.filter((feature) => feature.level !== undefined);
  const supportEnded: Reason | undefined = ended === undefined ? undefined : { code: 'image-support-ended', date: ended };
  const rules = ruleReasons(assessment);
  const staleReason: Reason | undefined = freshness === undefined || freshness === 'fresh' ? undefined : { code: 'freshness', freshness };
  if (tested.length === 0) return [...(rules.length > 0 ? rules : [{ code: 'nothing-known' } as const]), ...(rules.length > 0 && staleReason ? [staleReason] : []), ...(supportEnded ? [supportEnded] : [])];
  const names = (which: (feature: AssessedFeature) => boolean): readonly string[] => features.filter((feature) => feature.requirement !== 'trial' && which(feature)).map(({ feature }) => feature);
  const fails = ({ verdict: { verdict }, needs }: AssessedFeature): boolean => needs.length === 0 && (verdict === 'broken' || verdict === 'unsupported');
  const untested = assessment.untestedClasses;
  const reasons: readonly (Reason | undefined)[] = [
    listed('required-fails', names((feature) => feature.requirement === 'required' && fails(feature))),
    listed('units-disagree', names((feature) => feature.unitsDisagree)),
    listed('recommended-fails', names((feature) => feature.requirement === 'recommended' && fails(feature))),
    listed('after-setup', names((feature) => feature.requirement !== 'optional' && feature.needs.length > 0)),
    listed('in-part', names((feature) => feature.requirement !== 'optional' && feature.needs.length === 0 && feature.verdict.verdict === 'limited')),
    listed('unsteady', names((feature) => feature.requirement !== 'optional' && feature.verdict.verdict === 'unstable')),
    testsReason(tested),
    level !== undefined && !isReal[level] ? { code: 'virtual-only', level } : undefined,
    ...rules,
    listed('required-untested', names((feature) => feature.requirement === 'required' && feature.verdict.verdict === 'unknown')),
    untested.length > 0 ? { code: 'class-untested', classes: untested } : undefined,
    listed('contested', names((feature) => feature.contested)),
    listed('suspect', names((feature) => feature.verdict.suspect)),
    staleReason,
    supportEnded,
  ];
  return reasons.filter((reason) => reason !== undefined);
}

/** What the image itself claims, where no test has said anything. */
export function ruleReasons({ rules }: Pick<Assessment, 'rules'>): readonly Reason[] {
  const claimed = rules.filter((rule) => rule.claimed);
  const unclaimed = rules.filter((rule) => !rule.claimed);
  const drivers = [...new Set(claimed.flatMap((rule) => rule.drivers.map((driver) => (driver.package === '' ? driver.name : `${driver.name} (${driver.package})`))))];
  return [
    ...(claimed.length > 0 ? [{ code: 'rule-claims' as const, classes: claimed.map((rule) => rule.class), drivers }] : []),
    ...(unclaimed.length > 0 ? [{ code: 'rule-none' as const, classes: unclaimed.map((rule) => rule.class) }] : []),
  ];
}

type ListReason = Extract<Reason, { readonly features: readonly string[] }>;

function listed(code: ListReason['code'], features: readonly string[]): ListReason | undefined {
  return features.length === 0 ? undefined : { code, features };
}

function testsReason(features: readonly AssessedFeature[]): Reason | undefined {
  const scored = features.flatMap(({ level, tests }) => tests.filter((test) => test.scoredRuns > 0 && scores[test.last.outcome]).map((test) => ({ level, last: test.last })));
  const lastAt = scored.map(({ last }) => last.at).sort().at(-1);
  if (lastAt === undefined) return undefined;
  return { code: 'tests', passed: scored.filter(({ last }) => last.outcome === 'PASS').length, total: scored.length, real: scored.some(({ level }) => level !== undefined && isReal[level]), lastAt };
}
