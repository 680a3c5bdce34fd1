import type { CellMessage } from './protocol.ts';

/** A way to the night that counts failed tests (not those on trial), and says when there were `most` of them. */
export function countingFailures(send: (message: CellMessage) => void, most: number | undefined): { readonly send: (message: CellMessage) => void; readonly ended: () => string | undefined } {
  const failed = new Set<string>();
  return {
    send: (message) => {
      if (message.type === 'test-finished' && message.requirement !== 'trial' && message.attempt.outcome === 'FAIL') failed.add(message.feature);
      send(message);
    },
    ended: () => (most === undefined || failed.size < most ? undefined : `not run: the plan ends a cell after ${most} failed test${most === 1 ? '' : 's'}, and these failed: ${[...failed].join(', ')}`),
  };
}
