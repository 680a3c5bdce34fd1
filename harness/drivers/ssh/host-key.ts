import { timingSafeEqual } from 'node:crypto';

/** `ssh-ed25519 AAAA...` of a public key as it is sent (RFC 4253, 6.6: its first string is its type). */
export function publicKeyText(blob: Uint8Array): string {
  const bytes = Buffer.from(blob);
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  return `${bytes.subarray(4, 4 + Math.min(length, 64)).toString('latin1')} ${bytes.toString('base64')}`;
}

/** Whether two public keys are the same; a comment after the key does not matter. */
export function sameKey(one: string, other: string): boolean {
  const a = Buffer.from(one.trim().split(/\s+/).slice(0, 2).join(' '));
  const b = Buffer.from(other.trim().split(/\s+/).slice(0, 2).join(' '));
  return a.length === b.length && timingSafeEqual(a, b);
}
