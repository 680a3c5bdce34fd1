import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { freemem } from 'node:os';

/** Of the memory that is free, so much may be filled with a file. */
const most = 0.5;

/**
 * Reads a file once from its beginning to its end, so that what is looked up in it later is in memory: of a large index that was not used for a while, the first
 * answers else wait for the disk, a page here and a page there. One that has no room in memory is left alone.
 * @param room bytes of memory that it may fill
 * @returns bytes that were read
 */
export async function readAhead(file: string, signal: AbortSignal, room = freemem() * most): Promise<number> {
  const size = await stat(file).then(({ size: bytes }) => bytes, () => 0);
  if (size === 0 || size > room || signal.aborted) return 0;
  let read = 0;
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20, signal })) read += (piece as Buffer).length;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return read;
}
