import { createReadStream } from 'node:fs';

/** One line of a file, without its line feed. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** undefined when the line is longer than allowed; its bytes were skipped. */
  readonly bytes: Buffer | undefined;
  /** Offset of the first byte after the line and its line feed. */
  readonly end: number;
  /** False for a last line without a line feed. */
  readonly finished: boolean;
}

/** Reads a file line by line; memory is bounded by `longest` bytes a line. */
export async function* readLines(file: string, longest: number): AsyncGenerator<FileLine> {
  let pieces: Buffer[] = [];
  let held = 0;
  let number = 1;
  let end = 0;
  const take = (): Buffer | undefined => (held > longest ? undefined : pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let feed = chunk.indexOf(10); feed >= 0; feed = chunk.indexOf(10, start)) {
      if (feed > start) pieces.push(chunk.subarray(start, feed));
      held += feed - start;
      end += feed - start + 1;
      yield { number, bytes: take(), end, finished: true };
      number += 1;
      start = feed + 1;
      pieces = [];
      held = 0;
    }
    const rest = chunk.subarray(start);
    held += rest.length;
    end += rest.length;
    if (held > longest) pieces = [];
    else if (rest.length > 0) pieces.push(rest);
  }
  if (held > 0) yield { number, bytes: take(), end, finished: false };
}
