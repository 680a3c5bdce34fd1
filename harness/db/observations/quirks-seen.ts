import type { Observation } from '../generated/observations.ts';

/** What was seen of one quirk in guests: `works` in all that was run, `known` failures only, a failure that nothing explains yet, or never looked at. */
export type QuirkSeen = 'works' | 'known' | 'fails' | 'never';

/** Of each quirk the worst that any of its observations shows; combinations of several quirks say nothing about one of them. */
export function quirksSeen(ids: readonly string[], observations: ReadonlyMap<string, readonly Observation[]>): ReadonlyMap<string, QuirkSeen> {
  const single = [...observations.values()].flat().filter(({ personalities }) => personalities.length === 1);
  return new Map(ids.map((id) => [id, worst(single.filter(({ personalities }) => personalities[0] === id))]));
}

function worst(observations: readonly Observation[]): QuirkSeen {
  if (observations.length === 0) return 'never';
  const failures = observations.flatMap(({ fails }) => fails);
  if (failures.length === 0) return 'works';
  return failures.every(({ knownIssues }) => knownIssues !== undefined) ? 'known' : 'fails';
}

/** One line: how many quirks were looked at and what came of it, and by name those that were not. */
export function quirksSeenLine(seen: ReadonlyMap<string, QuirkSeen>): string {
  const of = (what: QuirkSeen): readonly string[] => [...seen].filter(([, each]) => each === what).map(([id]) => id);
  const never = of('never');
  return `${seen.size - never.length} of ${seen.size} seen in a guest: ${of('works').length} work, ${of('known').length} fail as known issues say, ${of('fails').length} fail otherwise${never.length > 0 ? `; never: ${never.join(', ')}` : ''}`;
}
