import type { Result } from '../db/generated/result.ts';

/** How fast a night went. */
export interface NightPace {
  readonly cellsPerHour: number;
  /** Share of the cells' wall time that was the harness's own, 0 to 1. */
  readonly ownShare: number;
}

/** Phases of a cell in which QEMU, the guest or the device under test is what is waited for. */
const theirPhases = ['restore', 'connect', 'attach', 'tests', 'discard'] as const;

/** Milliseconds of a cell that are neither QEMU's nor the guest's: what is left when starting, connecting, enumerating, testing and destroying are taken away. */
export function ownTime(result: Pick<Result, 'timings'>): number {
  const theirs = theirPhases.reduce((milliseconds, phase) => milliseconds + (result.timings[phase] ?? 0), 0);
  return Math.max(0, (result.timings['total'] ?? 0) - theirs);
}

/** From the start of the first cell to `finishedAt`, so that set-up does not count; undefined when nothing ran. */
export function nightPace(results: readonly Pick<Result, 'timings' | 'startedAt'>[], finishedAt: string): NightPace | undefined {
  const seconds = (Date.parse(finishedAt) - Math.min(...results.map(({ startedAt }) => Date.parse(startedAt)))) / 1000;
  const total = results.reduce((sum, result) => sum + (result.timings['total'] ?? 0), 0);
  if (total === 0 || !(seconds > 0)) return undefined;
  return { cellsPerHour: (results.length * 3600) / seconds, ownShare: results.reduce((sum, result) => sum + ownTime(result), 0) / total };
}
