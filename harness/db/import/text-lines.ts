import { basename } from 'node:path';
import { readLines } from '../read-lines.ts';
import { importLimits, type ImportProblem } from './importer.ts';

/** The lines of a text file, without white space at their end, and where each is (`usb.ids:17`); one that is too long is a problem and left out. */
export async function* textLines(path: string, problem: (problem: ImportProblem) => void): AsyncGenerator<{ readonly at: string; readonly line: string }> {
  const file = basename(path);
  for await (const { number, bytes } of readLines(path, importLimits.lineBytes)) {
    const at = `${file}:${number}`;
    if (bytes === undefined) problem({ at, reason: 'the line is too long' });
    else yield { at, line: bytes.toString('utf8').trimEnd() };
  }
}
