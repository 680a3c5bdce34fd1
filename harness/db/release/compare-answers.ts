import type { FrozenAnswer } from '../generated/frozen-answer.ts';
import { headlineRank } from '../lookup/headline-rank.ts';
import type { Headline } from '../verdicts/headline.ts';
import type { Snapshot } from './snapshot.ts';

/** What became of an answer, the worst first. `answered`: something is known where nothing was; `withdrawn`: the other way round. */
export const changeKinds = ['regressed', 'withdrawn', 'downgraded', 'removed', 'changed', 'upgraded', 'answered', 'added'] as const;

export type ChangeKind = (typeof changeKinds)[number];

/** Why an answer changed, as data; `changeReason` of change-texts.ts says it. */
export type ChangeReason =
  | { readonly code: 'features-fail' | 'features-work' | 'features-gone' | 'features-new'; readonly features: readonly string[] }
  | { readonly code: 'level' | 'freshness'; readonly from: string | null; readonly to: string | null }
  | { readonly code: 'contested' | 'newer-runs' | 'no-runs' | 'device-new' | 'device-gone' };

/** How the answer for a device on an image differs between two states of the data. */
export interface AnswerChange {
  readonly kind: ChangeKind;
  readonly device: string;
  readonly name: string;
  readonly image: string;
  readonly from: Headline;
  readonly to: Headline;
  readonly because: readonly ChangeReason[];
}

/** Headlines with which a device can be bought. */
const positive: ReadonlySet<Headline> = new Set(['certified', 'works', 'works-with-limits', 'expected-to-work']);

/** Changes after which somebody who relies on a device has to do something. */
export const isWorse: Readonly<Record<ChangeKind, boolean>> = { regressed: true, withdrawn: true, downgraded: true, removed: true, changed: false, upgraded: false, answered: false, added: false };

/** Every answer that differs, the worst change first, then by device and image. Pure. */
export function compareAnswers(before: Snapshot, after: Snapshot): readonly AnswerChange[] {
  const keys = new Set([...before.answers.keys(), ...after.answers.keys()]);
  const changes = [...keys].flatMap((key): readonly AnswerChange[] => {
    const change = changeOf(before.answers.get(key), after.answers.get(key), before, after);
    return change === undefined ? [] : [change];
  });
  const silent = (here: Snapshot, there: Snapshot, kind: 'added' | 'removed'): readonly AnswerChange[] =>
    [...here.devices].flatMap(([device, name]): readonly AnswerChange[] => {
      if (there.devices.has(device) || changes.some((change) => change.device === device)) return [];
      return [{ kind, device, name, image: '', from: 'not-tested', to: 'not-tested', because: [{ code: kind === 'added' ? 'device-new' : 'device-gone' }] }];
    });
  return [...changes, ...silent(after, before, 'added'), ...silent(before, after, 'removed')].sort(
    (left, right) => changeKinds.indexOf(left.kind) - changeKinds.indexOf(right.kind) || headlineRank[right.to] - headlineRank[left.to] || compareText(left.device, right.device) || compareText(left.image, right.image),
  );
}

function changeOf(before: FrozenAnswer | undefined, after: FrozenAnswer | undefined, was: Snapshot, is: Snapshot): AnswerChange | undefined {
  const known = after ?? before;
  if (known === undefined) return undefined;
  const { device, image } = known;
  const from = before?.headline ?? 'not-tested';
  const to = after?.headline ?? 'not-tested';
  const because = reasonsOf(before, after, was.devices.has(device), is.devices.has(device));
  const kind = kindOf(from, to, was.devices.has(device), is.devices.has(device), because);
  return kind === undefined ? undefined : { kind, device, name: known.name, image, from, to, because };
}

function kindOf(from: Headline, to: Headline, was: boolean, is: boolean, because: readonly ChangeReason[]): ChangeKind | undefined {
  if (!is) return 'removed';
  if (!was) return 'added';
  if (from === to) return because.some(({ code }) => code === 'features-fail') ? 'downgraded' : because.some(({ code }) => code === 'features-work' || code === 'contested') ? 'changed' : undefined;
  if (from === 'not-tested') return 'answered';
  if (to === 'not-tested') return 'withdrawn';
  if (headlineRank[to] < headlineRank[from]) return 'upgraded';
  return positive.has(from) && !positive.has(to) ? 'regressed' : 'downgraded';
}

const good: ReadonlySet<string> = new Set(['works', 'not_applicable']);

function reasonsOf(before: FrozenAnswer | undefined, after: FrozenAnswer | undefined, was: boolean, is: boolean): readonly ChangeReason[] {
  if (!is) return [{ code: 'device-gone' }];
  const reasons: ChangeReason[] = was ? [] : [{ code: 'device-new' }];
  const old = before?.features ?? {};
  const now = after?.features ?? {};
  const list = (code: 'features-fail' | 'features-work' | 'features-gone' | 'features-new', which: (feature: string) => boolean): void => {
    const features = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(which).sort();
    if (features.length > 0) reasons.push({ code, features });
  };
  list('features-fail', (each) => good.has(old[each] ?? '') && now[each] !== undefined && !good.has(now[each]));
  list('features-work', (each) => old[each] !== undefined && !good.has(old[each]) && good.has(now[each] ?? ''));
  if (before !== undefined && after !== undefined) {
    list('features-gone', (each) => now[each] === undefined);
    list('features-new', (each) => old[each] === undefined);
    if (before.level !== after.level) reasons.push({ code: 'level', from: before.level, to: after.level });
    if (before.freshness !== after.freshness) reasons.push({ code: 'freshness', from: before.freshness, to: after.freshness });
    if (!before.contested && after.contested) reasons.push({ code: 'contested' });
    if ((after.lastTestedAt ?? '') > (before.lastTestedAt ?? '')) reasons.push({ code: 'newer-runs' });
  }
  if (before !== undefined && after === undefined) reasons.push({ code: 'no-runs' });
  return reasons;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
