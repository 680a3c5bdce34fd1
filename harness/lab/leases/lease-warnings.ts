import type { Lease } from './lease.ts';

/** When a person is warned that a reservation ends: milliseconds before. */
export const warnBefore = [15 * 60_000, 5 * 60_000, 60_000] as const;

/** Reservations that are about to end, the first to end first. */
export function endingSoon(leases: readonly Lease[], now: number): readonly Lease[] {
  return leases.filter(({ process, endsAt }) => process === undefined && endsAt - now <= warnBefore[0]).toSorted((one, other) => one.endsAt - other.endsAt);
}

/** When the next warning of a lease is due, milliseconds since 1970; undefined when all were given. */
export function nextWarning({ endsAt }: Pick<Lease, 'endsAt'>, now: number): number | undefined {
  return warnBefore.map((before) => endsAt - before).find((at) => at > now);
}
