/** Bytes of a stream that differ from run to run and mean nothing: what is matched may be anything of the same length. */
export interface Masker {
  readonly name: string;
  /** On the bytes as latin1; global. Group 1, where there is one, is the volatile part. */
  readonly pattern: RegExp;
}

/** Headers in which a client names itself, its host or the time: RFC 9110, 6.6.1, 7.2 and 10.1.5. */
const ofClient = /\r\n(Host|User-Agent|Date): ([^\r]*)/gi;
const longestHead = 16 * 1024;

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

/**
 * What is written to a medium carries the clock of who writes (times in a directory of FAT) and is looked at by the class that looks on; where it goes and how much of it is not masked.
 * Bulk-Only Transport 1.0, 5.1: a command wrapper with the direction out; SBC: WRITE(10) and WRITE(16).
 */
const media: readonly Masker[] = [{ name: 'what is written to a medium', pattern: /^USBC[^]{8}\0[^]{2}[\x2a\x8a][^]{15}([^]+)/gd }];

const byEmulator: Readonly<Record<string, readonly Masker[]>> = {
  'ipp-usb-mfp': [...http, ...pageLanguages],
  'usb-printer': pageLanguages,
  'mass-storage': media,
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

/**
 * The beginning of an HTTP request as it would have been when it was recorded: what the client says of itself, which may be longer or shorter now, is as it was then.
 * Other bytes, and a piece without a whole head, come back as they are.
 */
export function asRecorded(piece: Uint8Array, recorded: Uint8Array): Uint8Array {
  const [now, then] = [headOf(piece), headOf(recorded)];
  if (now === undefined || then === undefined) return piece;
  const values = new Map([...then.matchAll(ofClient)].map(([, name = '', value = '']) => [name.toLowerCase(), value]));
  const head = now.replaceAll(ofClient, (line: string, name: string) => {
    const value = values.get(name.toLowerCase());
    return value === undefined ? line : `\r\n${name}: ${value}`;
  });
  return head === now ? piece : Uint8Array.from(Buffer.concat([Buffer.from(head, 'latin1'), piece.subarray(now.length)]));
}

/** Up to the empty line. */
function headOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, longestHead)).toString('latin1');
  if (!/^[A-Z]{3,12} \S/.test(text)) return undefined;
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? undefined : text.slice(0, end);
}
