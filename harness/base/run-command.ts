import { execa, ExecaError } from 'execa';
import { HwlabError, type Blame } from './hwlab-error.ts';
import type { Deadline } from './deadline.ts';

export interface RunOptions {
  readonly deadline: Deadline;
  readonly blame?: Blame;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Most characters kept of each of stdout and stderr; 4 Mi by default. More ends the command with an error. */
  readonly maxOutput?: number;
  /** Exit codes that are not an error; [0] by default. */
  readonly accept?: readonly number[];
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a host program with an argument array (never a shell).
 * @throws HwlabError `command-failed`, `command-missing` or `deadline-exceeded`; blame `lab` unless told.
 */
export async function runCommand(file: string, args: readonly string[], options: RunOptions): Promise<CommandResult> {
  const shown = [file, ...args].join(' ').slice(0, 300);
  options.deadline.check(shown);
  try {
    const result = await execa(file, [...args], {
      cancelSignal: options.deadline.signal,
      maxBuffer: options.maxOutput ?? 4 * 1024 * 1024,
      stripFinalNewline: false,
      reject: true,
      stdin: options.input === undefined ? 'ignore' : 'pipe',
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    return { exitCode: 0, stdout: result.stdout as string, stderr: result.stderr as string };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const stdout = String(error.stdout ?? '');
    const stderr = String(error.stderr ?? '');
    if (error.exitCode !== undefined && options.accept?.includes(error.exitCode)) return { exitCode: error.exitCode, stdout, stderr };
    if (error.isCanceled) throw options.deadline.error(shown, stderr.trim().slice(-500));
    const missing = error.code === 'ENOENT';
    throw new HwlabError({
      code: missing ? 'command-missing' : 'command-failed',
      blame: options.blame ?? 'lab',
      message: missing ? `${file} is not installed` : `${shown}: exit ${error.exitCode ?? error.signal ?? '?'}: ${stderr.trim().slice(-500) || stdout.trim().slice(-500)}`,
      ...(missing ? { advice: 'run: hwlab doctor' } : {}),
      facts: { command: shown, exitCode: error.exitCode ?? null, stderr: stderr.slice(-2000) },
      cause: error,
    });
  }
}
