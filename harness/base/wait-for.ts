import { setTimeout as delay } from 'node:timers/promises';
import { HwlabError, type Blame } from './hwlab-error.ts';
import type { Deadline } from './deadline.ts';

export interface WaitOptions {
  readonly deadline: Deadline;
  /** Milliseconds between two looks; 100 by default. */
  readonly every?: number;
  /** Whose fault it is when it never happens. A suite waits for the product, the lab for the lab. Default `product`. */
  readonly blame?: Blame;
}

/** What one look saw: `value` once it is there, else `saw` for the error message. */
export type Look<T> = { readonly value: T } | { readonly saw: string };

/**
 * Looks again and again until the named thing is there. An error thrown by the look ends the wait.
 * @throws HwlabError `not-ready` with what was last seen, when the deadline passes.
 */
export async function waitFor<T>(what: string, look: () => Promise<Look<T>> | Look<T>, options: WaitOptions): Promise<T> {
  const started = performance.now();
  let saw = 'nothing yet';
  for (;;) {
    const seen = await options.deadline.race(what, Promise.resolve(look())).catch((error: unknown) => {
      if (options.deadline.expired) return { saw };
      throw error;
    });
    if ('value' in seen) return seen.value;
    saw = seen.saw;
    if (options.deadline.expired) {
      const reason: unknown = options.deadline.signal.reason;
      if (reason instanceof HwlabError) throw reason;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      throw new HwlabError({
        code: 'not-ready',
        blame: options.blame ?? 'product',
        message: `${what}: not so after ${seconds} s; last seen: ${saw}`,
        facts: { waitedFor: what, lastSeen: saw.slice(0, 2000) },
      });
    }
    await delay(Math.min(options.every ?? 100, options.deadline.remaining), undefined, { signal: options.deadline.signal }).catch(() => undefined);
  }
}
