import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Deadline } from './deadline.ts';
import { HwlabError } from './hwlab-error.ts';

export interface StreamOptions {
  readonly deadline: Deadline;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called for each line of both outputs, cut at 2000 characters. */
  readonly onLine?: (line: string) => void;
  /** Where standard output goes instead of to `onLine`. */
  readonly stdout?: Writable;
  /** Gives the program this process's standard input, for a password prompt. */
  readonly inheritInput?: boolean;
  /** Called with the id of the process, which leads its group. */
  readonly onStart?: (pid: number) => void;
  /** Code and advice of the error for an exit code other than 0; `command-failed` by default. */
  readonly code?: string;
  readonly advice?: string;
}

/**
 * Runs a long host program in a process group of its own, so that its children end with it, and hands on each line it prints.
 * @throws HwlabError `command-failed` (or `code`) with the last lines, `command-missing`, or the deadline's error; blame lab.
 */
export async function streamCommand(file: string, args: readonly string[], options: StreamOptions): Promise<void> {
  options.deadline.check(file);
  const child = spawn(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    // A program that asks for a password must stay in the terminal's foreground group.
    detached: !options.inheritInput,
    stdio: [options.inheritInput ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const tail: string[] = [];
  const take = (line: string): void => {
    tail.push(line.slice(0, 500));
    if (tail.length > 20) tail.shift();
    options.onLine?.(line.slice(0, 2000));
  };
  if (options.stdout) child.stdout.pipe(options.stdout);
  else createInterface({ input: child.stdout }).on('line', take);
  createInterface({ input: child.stderr }).on('line', take);
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    killer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 10_000);
  };
  options.deadline.signal.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve(status ?? signal ?? 'lost'));
    });
    if (options.deadline.signal.aborted) throw options.deadline.error(file, tail.at(-1));
    if (code === 0) return;
    throw new HwlabError({
      code: options.code ?? 'command-failed',
      blame: 'lab',
      message: `${file} ended with ${code}: ${tail.slice(-4).join(' / ')}`,
      ...(options.advice === undefined ? {} : { advice: options.advice }),
      facts: { tool: file, lastLines: tail },
    });
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw new HwlabError({ code: 'command-missing', blame: 'lab', message: `${file} could not be started`, advice: 'run: ./hwlab doctor', cause: error });
  } finally {
    options.deadline.signal.removeEventListener('abort', end);
    clearTimeout(killer);
    if (options.deadline.signal.aborted) signalGroup(child.pid, 'SIGKILL');
  }
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // The group has ended.
  }
}
