import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';

export interface BuildToolOptions {
  readonly deadline: Deadline;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** Where standard output goes instead of to `onLine`. */
  readonly stdout?: Writable;
}

/**
 * Runs a long host program in a process group of its own, so that its children end with it, and hands on each line it prints.
 * @throws HwlabError `image-build-failed` with the last lines, or the deadline's error.
 */
export async function runBuildTool(file: string, args: readonly string[], options: BuildToolOptions): Promise<void> {
  options.deadline.check(file);
  const child = spawn(file, args, { cwd: options.cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env } });
  const tail: string[] = [];
  const take = (line: string): void => {
    tail.push(line.slice(0, 500));
    if (tail.length > 20) tail.shift();
    options.onLine?.(line);
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
      code: 'image-build-failed',
      blame: 'lab',
      message: `${file} ended with ${code}: ${tail.slice(-4).join(' / ')}`,
      advice: 'read the lines above; a mirror that does not answer and a full disk are the usual causes',
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
