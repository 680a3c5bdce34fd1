import { setTimeout as delay } from 'node:timers/promises';

/** How a sequence went out. */
export interface Sent {
  /** Frames that went out; fewer than asked when the device was unplugged. */
  readonly frames: number;
  readonly reports: number;
  /** Longest time between two frames, milliseconds; over 100 the kernel may lift contacts by itself. */
  readonly longestGap: number;
  readonly milliseconds: number;
  /** How often the host stopped asking meanwhile; reports that it had not fetched by then, and those sent until it asked again, are lost. */
  readonly stops: number;
}

/**
 * Calls `send` for each of `frames` items, `interval` milliseconds apart. The schedule is absolute, so that a late frame does not shift
 * the rest. `send` resolves to the number of reports it sent. Ends when `signal` aborts.
 */
export async function sendPaced<T>(frames: readonly T[], interval: number, signal: AbortSignal, send: (frame: T) => Promise<number>): Promise<Omit<Sent, 'stops'>> {
  const start = performance.now();
  let reports = 0;
  let sent = 0;
  let longestGap = 0;
  let last = start;
  for (const frame of frames) {
    const wait = start + sent * interval - performance.now();
    if (wait > 0) await delay(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    reports += await send(frame);
    const now = performance.now();
    if (sent > 0) longestGap = Math.max(longestGap, now - last);
    last = now;
    sent++;
  }
  return { frames: sent, reports, longestGap: Math.round(longestGap), milliseconds: Math.round(performance.now() - start) };
}
