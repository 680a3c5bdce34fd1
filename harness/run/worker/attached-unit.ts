import type { Deadline } from '../../base/deadline.ts';
import type { PluggedUnit } from '../cell-context.ts';

/** A unit as the cell drives it, on whatever cable. What `controls` are only the suite knows. */
export interface AttachedUnit extends PluggedUnit<never> {
  /** Of the descriptors that the guest's kernel read; empty where there are none. */
  readonly descriptorsSha256: string;
  /** Rejects when the emulated device itself breaks. */
  readonly lost: Promise<never>;
  /** `/sys/...` of it, once it was looked for. */
  readonly knownSysfs: string | undefined;
  /** Faults are cleared, controls reset, the cable is in. */
  beginTest(deadline: Deadline): Promise<void>;
  readonly isPlugged: boolean;
  /** Forgets faults that have not struck. */
  clearFaults(): void;
  /** What is asked of it from now on has until then. */
  giveTime(deadline: Deadline): void;
  /** Unplugs without asking the guest. */
  pullOut(): Promise<void>;
}

/** Controls that begin each test anew. */
export function hasReset(controls: unknown): controls is { reset(): void } {
  return typeof controls === 'object' && controls !== null && 'reset' in controls && typeof controls.reset === 'function';
}
