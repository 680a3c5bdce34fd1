import { expect } from '../../harness/index.ts';

/** `length` bytes that look random and are the same each time; all 256 values occur. */
export function pattern(length: number, seed: number): Uint8Array {
  let state = seed >>> 0 || 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 11) & 0xff;
  });
}

/** Fails with the first place where bytes differ, which says more than two long dumps. */
export function expectSameBytes(what: string, actual: Uint8Array | undefined, expected: Uint8Array): void {
  if (!actual) expect.fail(`${what} is not there`);
  const length = Math.min(actual.length, expected.length);
  let at = 0;
  while (at < length && actual[at] === expected[at]) at += 1;
  if (at === actual.length && at === expected.length) return;
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(at, at + 16)).toString('hex');
  expect.fail(`${what}: ${actual.length} bytes of ${expected.length}, first difference at byte ${at}: ${hex(actual) || 'nothing'} instead of ${hex(expected) || 'nothing'}`);
}
