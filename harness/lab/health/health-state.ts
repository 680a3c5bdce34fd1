import { attributeFaults, dependents } from './attribute-faults.ts';
import type { HealthRecord, Wiring } from './health-record.ts';

/** Failed checks in a row that put a machine in quarantine: one may be a cable that somebody pulled. */
export const failuresToQuarantine = 2;
/** A machine that nobody looked at for so long, milliseconds, is unknown again: a night and half a day. */
export const checkedFor = 36 * 3600_000;
/** Whoever was in quarantine in this time, milliseconds, needs one clean check more, and yet one more. */
export const relapseWithin = 24 * 3600_000;
const mostCleanChecks = 3;

export type Health = 'unknown' | 'checked' | 'quarantined';

export interface HealthChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly to: Health;
  readonly why: string;
}

/** The health of a machine, a unit or a shared part. */
export interface SubjectHealth {
  readonly subject: string;
  readonly health: Health;
  readonly since: number;
  readonly why: string;
  /** Clean checks that it still needs to come back; 0 unless in quarantine. */
  readonly cleanNeeded: number;
  /** Oldest first. */
  readonly changes: readonly HealthChange[];
  /** A part in quarantine on which it hangs: it is not at fault, and cannot be used. */
  readonly blockedBy?: string;
}

/** Whether it may be used for a cell. */
export function isUsable({ health, blockedBy }: SubjectHealth): boolean {
  return health !== 'quarantined' && blockedBy === undefined;
}

/**
 * The health of every subject and of every part that they hang on, from the history of checks. Nothing else is kept: who deletes a line changes the health.
 * @param records oldest first; of subjects that are not wired any more they count for nothing
 */
export function healthOf(records: readonly HealthRecord[], wiring: Wiring, now: number): readonly SubjectHealth[] {
  const known = records.filter(({ subject }) => subject in wiring);
  const { faults, excused } = attributeFaults(known, wiring);
  const parts = [...dependents(wiring)].sort(([one], [other]) => (one < other ? -1 : 1)).map(([part, subjects]) => {
    // A part is tested by whatever hangs on it: that it failed was found by several, that it works by any.
    const proofs: Step[] = known.filter(({ subject, outcome }) => outcome === 'ok' && subjects.includes(subject)).map((record) => ({ at: Date.parse(record.at), failed: false, why: `${record.subject} passed its check` }));
    const own: Step[] = faults.filter((fault) => fault.part === part).map(({ at, subjects: hit, alternatives }) => ({ at, failed: true, why: `${hit.join(', ')} failed together${alternatives.length === 0 ? '' : `; it may also be ${alternatives.join(' or ')}`}` }));
    return follow(part, [...proofs, ...own].toSorted((one, other) => one.at - other.at || Number(one.failed) - Number(other.failed)), now, 1);
  });
  const broken = new Set(parts.filter(({ health }) => health === 'quarantined').map(({ subject }) => subject));
  const subjects = Object.entries(wiring).map(([subject, on]) => {
    const steps = known.flatMap((record, index): readonly Step[] =>
      record.subject !== subject || excused.has(index) ? [] : [{ at: Date.parse(record.at), failed: record.outcome === 'failed', why: record.outcome === 'ok' ? 'its check was clean' : (record.message ?? record.code ?? 'its check failed') }],
    );
    const blockedBy = on.find((part) => broken.has(part));
    return { ...follow(subject, steps, now, failuresToQuarantine), ...(blockedBy === undefined ? {} : { blockedBy }) };
  });
  return [...subjects, ...parts];
}

interface Step {
  readonly at: number;
  readonly failed: boolean;
  readonly why: string;
}

function follow(subject: string, steps: readonly Step[], now: number, failuresNeeded: number): SubjectHealth {
  const changes: HealthChange[] = [];
  let health = 'unknown' as Health;
  let failures = 0;
  let clean = 0;
  let cleanNeeded = 0;
  let lastCheck = -Infinity;
  const become = (to: Health, at: number, why: string): void => {
    health = to;
    changes.push({ at, to, why });
  };
  const forget = (at: number): void => {
    if (health === 'checked' && at - lastCheck > checkedFor) become('unknown', lastCheck + checkedFor, 'nobody looked at it for a day and a half');
  };
  for (const { at, failed, why } of steps) {
    forget(at);
    lastCheck = at;
    failures = failed ? failures + 1 : 0;
    clean = failed ? 0 : clean + 1;
    if (health === 'quarantined') {
      if (clean >= cleanNeeded) become('checked', at, why);
    } else if (failures >= failuresNeeded) {
      const before = changes.filter((change) => change.to === 'quarantined' && at - change.at < relapseWithin).length;
      cleanNeeded = Math.min(mostCleanChecks, 1 + before);
      become('quarantined', at, why);
    } else if (!failed && health === 'unknown') become('checked', at, why);
  }
  forget(now);
  const last = changes.at(-1);
  return { subject, health, since: last?.at ?? 0, why: last?.why ?? 'it was never checked', cleanNeeded: health === 'quarantined' ? cleanNeeded - clean : 0, changes };
}
