import type { Assessment } from '../verdicts/assess-device.ts';

/** The last day of something, and what ends then. */
export interface ValidUntil {
  /** ISO date, the last day on which it holds. */
  readonly date: string;
  readonly because: 'evidence-ages' | 'image-support-ends' | 'device-retires' | 'waiver-expires' | 'certificate-expires';
}

const day = 86_400_000;
/** Evidence older than that is stale (VERDICTS.md, 5). */
const staleAfterDays = 365;

/**
 * Until when an answer may be leant on, as far as is known today: the first of the days on which its evidence becomes stale by age,
 * support of the image ends, the device leaves the programme, or a waiver or certificate that it stands on expires. A change of the
 * system can end it sooner. null for an answer that says nothing, is stale, or whose day has passed.
 */
export function validUntil(facts: {
  readonly assessment: Pick<Assessment, 'headline' | 'freshness' | 'features' | 'lastTestedAt'>;
  /** ISO dates */
  readonly supportedUntil: string | undefined;
  readonly retired: string | undefined;
  readonly expiries?: readonly ValidUntil[];
  readonly now: Date;
}): ValidUntil | null {
  const { assessment, supportedUntil, retired, now } = facts;
  if (assessment.headline === 'not-tested' || assessment.headline === 'conflicting' || assessment.freshness === 'stale' || assessment.freshness === 'retired') return null;
  const today = now.toISOString().slice(0, 10);
  const tested = assessment.features.flatMap((feature) => feature.tests.flatMap((test) => (test.scoredRuns > 0 ? [test.last.at] : []))).sort().at(-1) ?? assessment.lastTestedAt;
  const ends: ValidUntil[] = [
    ...(tested === '' ? [] : [{ date: new Date(Date.parse(tested) + staleAfterDays * day).toISOString().slice(0, 10), because: 'evidence-ages' as const }]),
    ...(supportedUntil === undefined || supportedUntil < today ? [] : [{ date: supportedUntil, because: 'image-support-ends' as const }]),
    ...(retired === undefined ? [] : [{ date: retired, because: 'device-retires' as const }]),
    ...(facts.expiries ?? []),
  ];
  const first = ends.sort((left, right) => left.date.localeCompare(right.date))[0];
  return first === undefined || first.date < today ? null : first;
}
