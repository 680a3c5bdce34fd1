import type { Result } from '../db/generated/result.ts';

/** Exit codes of every command; documented in docs/qa-engineer.md. */
export const exitCodes = { ok: 0, product: 1, usage: 2, lab: 3, internal: 70, interrupted: 130 } as const;

/** The exit code of a night: product failures first, then our own faults, then the lab's. */
export function exitCodeOf(results: readonly Result[], stopped?: string): number {
  if (stopped === 'night-interrupted') return exitCodes.interrupted;
  if (results.some((result) => result.outcome === 'FAIL')) return exitCodes.product;
  const harness = (result: Result): boolean =>
    result.reason?.blame === 'harness' || result.tests.some((test) => test.requirement !== 'trial' && (test.outcome === 'ERROR' || (test.outcome === 'MISS' && test.attempts.at(-1)?.failure?.blame === 'harness')));
  if (results.some(harness)) return exitCodes.internal;
  if (stopped !== undefined || results.some((result) => result.outcome === 'MISS')) return exitCodes.lab;
  return exitCodes.ok;
}

/** The exit code for an error that ended a command. */
export function exitCodeOfBlame(blame: 'product' | 'lab' | 'harness' | 'usage'): number {
  return blame === 'harness' ? exitCodes.internal : exitCodes[blame];
}
