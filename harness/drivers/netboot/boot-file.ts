import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';

/** Something the boot server hands out. */
export interface BootFile {
  readonly size: number;
  /** The bytes from `start` up to and without `end`. */
  open(start: number, end: number): Readable;
}

export function bootFile(path: string, size: number): BootFile {
  return { size, open: (start, end) => (start === end ? Readable.from([]) : createReadStream(path, { start, end: end - 1, highWaterMark: 1 << 18 })) };
}

export function bootBytes(bytes: Buffer): BootFile {
  return { size: bytes.length, open: (start, end) => Readable.from([bytes.subarray(start, end)]) };
}
