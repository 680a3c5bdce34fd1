import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { Power, PowerState } from '../../capabilities/power.ts';
import type { HealthRecord } from './health-record.ts';

/** What a small check looks at; it switches nothing, so it needs no lease. */
export interface CheckedParts {
  readonly power: Pick<Power, 'state'>;
  /** What the power must be if it is known: off between cells. */
  readonly expected?: Exclude<PowerState, 'unknown'>;
}

/** The small check before and after a cell and once a night: the controller answers, lets us in, knows the state, and it is what it should be. Never throws. */
export async function checkMachine(subject: string, { power, expected }: CheckedParts, deadline: Deadline, more: Pick<HealthRecord, 'when' | 'run'>, now: Date): Promise<HealthRecord> {
  const base = { at: now.toISOString(), subject, ...more };
  let why = '';
  try {
    const state = await deadline.race(`the power state of ${subject}`, power.state(deadline, (text) => (why = `: ${text}`)));
    if (state === 'unknown') return { ...base, outcome: 'failed', code: 'power-unknown', message: `nobody can tell whether it is on${why}` };
    if (expected !== undefined && state !== expected) return { ...base, outcome: 'failed', code: 'power-not-as-left', message: `it is ${state} and should be ${expected}` };
    return { ...base, outcome: 'ok' };
  } catch (error) {
    return { ...base, outcome: 'failed', code: error instanceof HwlabError ? error.code : 'check-broke', message: messageOf(error) };
  }
}
