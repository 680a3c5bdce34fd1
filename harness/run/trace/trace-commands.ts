import { messageOf } from '../../base/hwlab-error.ts';
import type { CommandResult } from '../../base/run-command.ts';
import type { Trace } from './cell-trace-file.ts';

const longestCommand = 4000;
const longestOutput = 4000;

/** Says when commands begin and how they end. */
export class CommandTrace {
  readonly #trace: Trace;
  #count = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Runs `work`, which is `command` in the guest. `input`: what it gets on its standard input. */
  async around<T>(command: string, input: string | Uint8Array | undefined, work: () => Promise<T>): Promise<T> {
    const n = (this.#count += 1);
    this.#trace({ kind: 'command', n, command: command.slice(0, longestCommand), ...(input === undefined ? {} : { input: input.length }) });
    try {
      const result = await work();
      this.#trace({ kind: 'command-end', n, ...(isResult(result) ? outputOf(result) : {}) });
      return result;
    } catch (error) {
      this.#trace({ kind: 'command-end', n, error: messageOf(error).slice(0, longestOutput) });
      throw error;
    }
  }
}

function isResult(value: unknown): value is CommandResult {
  return typeof value === 'object' && value !== null && 'stdout' in value && 'stderr' in value;
}

function outputOf({ exitCode, stdout, stderr }: CommandResult): { readonly code: number; readonly out?: string; readonly err?: string; readonly outLength?: number; readonly errLength?: number } {
  return {
    code: exitCode,
    ...(stdout === '' ? {} : { out: ends(stdout), outLength: stdout.length }),
    ...(stderr === '' ? {} : { err: ends(stderr), errLength: stderr.length }),
  };
}

/** Beginning and end of a long text. */
function ends(text: string): string {
  return text.length <= longestOutput ? text : `${text.slice(0, longestOutput / 2)}\n[${text.length - longestOutput} characters left out]\n${text.slice(-longestOutput / 2)}`;
}
