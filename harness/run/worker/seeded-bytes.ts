import { createHash } from 'node:crypto';

/**
 * Makes the random contents of one test: the same for the same seed and test, others for each call. SHAKE256 of both, so that nothing compresses them and
 * the same bytes never come twice.
 */
export function seededBytes(seed: number, test: string): (length: number) => Uint8Array {
  let calls = 0;
  return (length) => {
    calls += 1;
    if (length === 0) return new Uint8Array(0);
    return new Uint8Array(createHash('shake256', { outputLength: length }).update(JSON.stringify([seed, test, calls])).digest());
  };
}
