import { randomBytes } from 'node:crypto';

/** `count` characters of a-z and 2-7, from the system's random source. */
export function randomId(count: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  return Array.from(randomBytes(count), (byte) => letters[byte % 32]).join('');
}

/** The id of a night or of a single run: sorts by time, `20261122-031500-k3xq`. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-');
  return `${stamp}-${randomId(4)}`;
}
