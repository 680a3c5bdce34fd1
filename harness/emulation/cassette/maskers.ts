/** Bytes of a stream that differ from run to run and mean nothing: what is matched may be anything of the same length. */
export interface Masker {
  readonly name: string;
  /** On the bytes as latin1; global. Group 1, where there is one, is the volatile part. */
  readonly pattern: RegExp;
}

const http: readonly Masker[] = [
  { name: 'HTTP header of the client', pattern: /\r\n(?:Host|User-Agent|Date): ([^\r]*)/gdi },
  // eslint-disable-next-line no-control-regex -- version, operation and request id of IPP (RFC 8010, 3.1.1)
  { name: 'IPP request id', pattern: /\r\n[\x01\x02][\x00-\x02][\x00-\x40][\x00-\xff]([\x00-\xff]{4})\x01\x47/gd },
  { name: 'URN of a job', pattern: /urn:uuid:([0-9a-f-]{36})/gdi },
];

/** A line of PJL is short: bounded, so that a crafted stream without an end of line costs no more than its length. */
const pageLanguages: readonly Masker[] = [
  { name: 'PJL job name and time', pattern: /@PJL (?:JOB|SET|COMMENT)[^\r\n]{0,100}?(?:NAME|DISPLAY|TIME|USERNAME|JOBATTR)[^"\r\n]{0,100}"([^"\r\n]*)"/gd },
  { name: 'date of a PostScript or PDF document', pattern: /(?:%%CreationDate: |\/(?:CreationDate|ModDate) ?\(D:)([^\r\n)]*)/gd },
];

const byEmulator: Readonly<Record<string, readonly Masker[]>> = {
  'ipp-usb-mfp': [...http, ...pageLanguages],
  'usb-printer': pageLanguages,
};

/** The maskers for what drivers send to a class of devices. */
export function maskersOf(emulator: string): readonly Masker[] {
  return byEmulator[emulator] ?? [];
}

/** The masked stretches of a stream, as [from, to) in order. */
export function maskedStretches(bytes: Uint8Array, maskers: readonly Masker[]): [number, number][] {
  if (maskers.length === 0) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const found = maskers.flatMap(({ pattern }) => [...text.matchAll(pattern)].flatMap(({ indices }) => (indices?.[1] ? [indices[1]] : [])));
  return found.sort(([a], [b]) => a - b);
}
