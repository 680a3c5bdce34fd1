import { normaliseText } from '../../db/failure-signature.ts';

/** A kind of line, without times, numbers and addresses, and how often each log has it. */
export interface LogChange {
  readonly line: string;
  readonly was: number;
  readonly is: number;
}

const mostLines = 50_000;

/** Kinds of lines that one log has and the other has not, or that one has more than twice as often; in the order in which they first come. */
export function diffLogs(was: string, is: string): readonly LogChange[] {
  const before = kindsOf(was);
  const now = kindsOf(is);
  return [...new Set([...before.keys(), ...now.keys()])]
    .map((line) => ({ line, was: before.get(line) ?? 0, is: now.get(line) ?? 0 }))
    .filter((change) => Math.min(change.was, change.is) === 0 || Math.max(change.was, change.is) > 2 * Math.min(change.was, change.is) + 1);
}

function kindsOf(log: string): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const text of log.split('\n', mostLines)) {
    const line = normaliseText(text.slice(0, 1000).replace(/^\[\s*\d+\.\d+\]\s*/, ''));
    if (line !== '') kinds.set(line, (kinds.get(line) ?? 0) + 1);
  }
  return kinds;
}
