import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellTraceSchema, type CellTraceLine } from '../../wire/cell-trace/cell-trace.ts';

/** The file in an attempt's folder. */
export const cellTraceName = 'trace.jsonl';

type WithoutTime<Line> = Line extends unknown ? Omit<Line, 't'> : never;
/** A line before its time is put on it. */
export type TraceEntry = WithoutTime<CellTraceLine>;

/** Takes what is to be in the trace of a cell. */
export type Trace = (entry: TraceEntry, t?: number) => void;

export const noTrace: Trace = () => undefined;

const mostBytes = 16 * 2 ** 20;
/** Gathered for so long, milliseconds, so that a burst of lines is one write. */
const gather = 50;

/** Milliseconds since 1970, never going back in this process; as wire traces have them. */
export function traceTime(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
}

/**
 * Writes `trace.jsonl` of an attempt. The night and the cell's process both write into it, whole lines at the file's end. At most 16 MiB a process;
 * then a line says that it was cut. A disk that is full costs the trace, never the cell.
 */
export class CellTraceFile {
  readonly #file: string;
  #waiting = '';
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #over = false;

  /** `folder`: absolute, of the attempt; it exists when the first line is written. */
  constructor(folder: string) {
    this.#file = join(folder, cellTraceName);
  }

  readonly write: Trace = (entry, t = traceTime()) => {
    if (this.#over) return;
    let line = `${JSON.stringify({ t, ...entry })}\n`;
    this.#bytes += line.length;
    if (this.#bytes > mostBytes) {
      this.#over = true;
      line = `${JSON.stringify({ t, kind: 'cut', what: `what comes after ${mostBytes / 2 ** 20} MiB` })}\n`;
    }
    this.#waiting += line;
    if (this.#waiting.length > 256 * 1024) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gather).unref();
  };

  /** The first line of a file. */
  begin(cell: string, attempt: number): void {
    this.write({ kind: 'trace', schema: cellTraceSchema, cell, attempt });
  }

  /** Everything said so far is in the file behind it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#waiting;
    this.#waiting = '';
    if (text === '') return;
    try {
      appendFileSync(this.#file, text);
    } catch {
      this.#over = true;
    }
  }
}
