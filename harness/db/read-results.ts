import { pointerOf } from './describe-violation.ts';
import type { Result } from './generated/result.ts';
import { violationsOf } from './parse-data.ts';
import { readLines } from './read-lines.ts';

/** Longest result in bytes. */
export const longestResult = 4 * 1024 * 1024;

/** A line of a result file that is not a result. */
export interface BadLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** The last line, without its end: a writer is at it, or was killed. Its result was never acknowledged. */
  readonly unfinished: boolean;
}

/** One line of a result file: a result that keeps its schema, or what is wrong with it. */
export type ResultLine = { readonly result: Result; readonly line: number; readonly end: number } | { readonly bad: BadLine; readonly end: number };

/** Reads a night's file; no line is left out. Bounded memory, and no line spoils another. */
export async function* readResultLines(file: string): AsyncGenerator<ResultLine> {
  for await (const { number, bytes, finished, end } of readLines(file, longestResult)) {
    const parsed = finished ? parseResult(bytes) : { reason: 'the last line is not finished' };
    if ('result' in parsed) yield { result: parsed.result, line: number, end };
    else yield { bad: { file, line: number, reason: parsed.reason, unfinished: !finished }, end };
  }
}

function parseResult(bytes: Buffer | undefined): { readonly result: Result } | { readonly reason: string } {
  if (bytes === undefined) return { reason: `longer than ${longestResult} bytes` };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { reason: bytes.length === 0 ? 'an empty line' : 'not JSON' };
  }
  const [violation] = violationsOf(value, 'result');
  if (!violation) return { result: value as Result };
  return { reason: `${pointerOf(violation.path) || '(root)'}: expected ${violation.expected}, found ${violation.found}` };
}
