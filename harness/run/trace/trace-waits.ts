import { messageOf } from '../../base/hwlab-error.ts';
import type { Look } from '../../base/wait-for.ts';
import type { Trace } from './cell-trace-file.ts';

let count = 0;

/** Runs a wait and tells when it began, how often it looked, and what it saw last. */
export async function traceWait<T>(trace: Trace, what: string, look: () => Promise<Look<T>> | Look<T>, wait: (watched: () => Promise<Look<T>>) => Promise<T>): Promise<T> {
  const n = (count += 1);
  let looks = 0;
  let saw = '';
  trace({ kind: 'wait', n, what: what.slice(0, 500) });
  const ended = (ok: boolean, said: string): void => trace({ kind: 'wait-end', n, ok, looks, ...(said === '' ? {} : { saw: said.slice(0, 2000) }) });
  try {
    const value = await wait(async () => {
      looks += 1;
      const seen = await look();
      if ('saw' in seen) ({ saw } = seen);
      return seen;
    });
    ended(true, saw);
    return value;
  } catch (error) {
    ended(false, saw === '' ? messageOf(error) : saw);
    throw error;
  }
}
