import type { KnownIssue } from '../generated/known-issue.ts';
import type { Observation, ObservedFailure } from '../generated/observations.ts';
import type { Result, TestResult } from '../generated/result.ts';
import { matchKnownIssues } from '../match-known-issues.ts';

/** What results of devices with quirks show, the newest of each quirk, model and suite, sorted by these. Results of selected tests and those that show nothing of the product are left out. */
export function observe(results: readonly Result[], issues: readonly KnownIssue[], now: Date): ReadonlyMap<string, readonly Observation[]> {
  const byImage = new Map<string, Observation[]>();
  for (const result of [...results].sort((one, other) => one.startedAt.localeCompare(other.startedAt))) {
    const observation = observationOf(result, issues, now);
    if (observation) byImage.set(result.cell.image, [...mergeObservations(byImage.get(result.cell.image) ?? [], [observation])]);
  }
  return byImage;
}

/** A later observation takes the place of an earlier one of the same quirk, model and suite. */
export function mergeObservations(before: readonly Observation[], added: readonly Observation[]): readonly Observation[] {
  const merged = new Map<string, Observation>();
  for (const observation of [...before, ...added]) {
    const there = merged.get(keyOf(observation));
    if (!there || there.night <= observation.night) merged.set(keyOf(observation), observation);
  }
  return [...merged.values()].sort((one, other) => keyOf(one).localeCompare(keyOf(other), 'en'));
}

export function keyOf({ personalities, model, suite }: Pick<Observation, 'personalities' | 'model' | 'suite'>): string {
  return `${personalities.join('+')}\n${model}\n${suite}`;
}

function observationOf(result: Result, issues: readonly KnownIssue[], now: Date): Observation | undefined {
  const { cell, environment } = result;
  if (!cell.personalities || result.selection !== undefined) return undefined;
  const of = (outcome: TestResult['outcome']): readonly TestResult[] => result.tests.filter((test) => test.outcome === outcome);
  const known = matchKnownIssues(result, issues, now).filter(({ state }) => state === 'present');
  const ofCell = result.reason?.blame === 'product' ? [failureOf('', result.reason.message, known.map(({ issue }) => issue.id))] : [];
  const fails = [...ofCell, ...of('FAIL').map((test) => failureOf(test.feature, test.attempts.at(-1)?.failure?.message ?? '', known.filter(({ tests }) => tests.includes(test.id)).map(({ issue }) => issue.id)))];
  const works = of('PASS').map(({ feature }) => feature);
  if (fails.length + works.length === 0) return undefined;
  const rest = result.tests.filter(({ outcome }) => outcome !== 'PASS' && outcome !== 'FAIL').map(({ feature }) => feature);
  return {
    personalities: cell.personalities,
    model: cell.model,
    suite: cell.suite,
    seen: result.startedAt.slice(0, 10),
    night: result.night,
    imageSha256: environment.imageSha256,
    suiteRevision: environment.suiteRevision,
    outcome: fails.length > 0 ? 'FAIL' : 'PASS',
    works: sorted(works),
    fails,
    ...(rest.length > 0 ? { notRun: sorted(rest) as [string, ...string[]] } : {}),
  };
}

/** The text comes from the guest: one line of it, of bounded length. */
function failureOf(feature: string, message: string, issues: readonly string[]): ObservedFailure {
  const [first, ...more] = [...new Set(issues)].sort();
  return { feature, message: message.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim().slice(0, 240), ...(first === undefined ? {} : { knownIssues: [first, ...more] }) };
}

function sorted(features: readonly string[]): string[] {
  return [...new Set(features)].sort();
}
