import { processState, type ProcessIdentity } from '../../base/process-identity.ts';
import { bootId } from '../../base/process-identity.ts';
import { uptime } from 'node:os';

/** A holder that is not heard of for so long has lost its lease; it says that it lives several times in this span. */
export const silentAfter = 60_000;
export const beatEvery = 10_000;

/** The time as leases see it; tests turn it. */
export interface LeaseClock {
  /** Milliseconds since 1970, for deadlines that people read. */
  now(): number;
  /** Milliseconds since the boot of the station: a set clock must not kill a living holder. */
  uptime(): number;
  boot(): string;
  state(process: ProcessIdentity): 'running' | 'gone' | 'unknown';
}

export const stationClock: LeaseClock = { now: () => Date.now(), uptime: () => Math.round(uptime() * 1000), boot: bootId, state: processState };

/** What decides whether a lease still stands. */
export interface LeaseSigns {
  readonly endsAt: number;
  /** None for a reservation. */
  readonly process?: ProcessIdentity;
  /** The last sign of life: which boot, and milliseconds since it. */
  readonly boot: string;
  readonly beat: number;
}

export type LeaseLife = 'valid' | 'ended' | 'died' | 'silent';

/** Whether a lease stands: `ended` at its deadline, `died` with its process, `silent` when a process that is there says nothing for a minute. */
export function leaseLife({ endsAt, process, boot, beat }: LeaseSigns, clock: LeaseClock): LeaseLife {
  if (clock.now() >= endsAt) return 'ended';
  if (process === undefined) return 'valid';
  if (boot !== clock.boot() || clock.state(process) === 'gone') return 'died';
  return clock.uptime() - beat > silentAfter ? 'silent' : 'valid';
}
