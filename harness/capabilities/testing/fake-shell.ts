import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CommandResult } from '../../base/run-command.ts';
import type { ForwardedPort, Shell, ShellOptions } from '../shell.ts';

export interface FakeAnswer {
  readonly match: RegExp;
  readonly result: Partial<CommandResult>;
}

/** A shell for tests: runs commands with this host's /bin/sh, except those that a test answers itself. */
export class FakeShell implements Shell {
  readonly answers: FakeAnswer[] = [];
  /** Every command line, in order. */
  readonly commands: string[] = [];
  readonly #lost = new AbortController();

  /** From now on the connection is gone, also for commands that run. */
  lose(why = 'the fake connection was cut'): void {
    this.#lost.abort(new HwlabError({ code: 'shell-lost', blame: 'lab', retryable: true, message: why }));
  }

  async run(commandLine: string, options: ShellOptions): Promise<CommandResult> {
    this.commands.push(commandLine);
    const answer = this.answers.find(({ match }) => match.test(commandLine));
    const deadline = options.deadline.alsoUntil(this.#lost.signal);
    deadline.check(commandLine);
    const result = answer ? { exitCode: 0, stdout: '', stderr: '', ...answer.result } : await this.#really(commandLine, options, deadline);
    if ((options.accept ?? [0]).includes(result.exitCode)) return result;
    throw new HwlabError({ code: 'guest-command-failed', blame: 'product', message: `${commandLine}: exit ${result.exitCode}: ${result.stderr.trim()}`, facts: { exitCode: result.exitCode } });
  }

  async putFile(path: string, content: Uint8Array, deadline: Deadline): Promise<void> {
    await this.#fileWork(`writing ${path}`, deadline, async () => writeFile(path, content));
  }

  async getFile(path: string, deadline: Deadline, maxBytes = 64 * 2 ** 20): Promise<Uint8Array> {
    const content = await this.#fileWork(`reading ${path}`, deadline, async () => readFile(path));
    if (content.length > maxBytes) throw tooLong(path, maxBytes);
    return new Uint8Array(content);
  }

  /** The other side is this host: its ports are there already. */
  async forward(port: number, deadline: Deadline): Promise<ForwardedPort> {
    deadline.alsoUntil(this.#lost.signal).check(`forwarding port ${port}`);
    return Promise.resolve({ port, [Symbol.asyncDispose]: async () => Promise.resolve() });
  }

  async close(): Promise<void> {
    this.lose('this end closed the connection');
    return Promise.resolve();
  }

  async #fileWork<T>(what: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    deadline.alsoUntil(this.#lost.signal).check(what);
    try {
      return await work();
    } catch (cause) {
      throw new HwlabError({ code: 'guest-file', blame: 'product', message: `${what} failed`, cause });
    }
  }

  async #really(commandLine: string, options: ShellOptions, deadline: Deadline): Promise<CommandResult> {
    const child = spawn('/bin/sh', ['-c', commandLine], { detached: true });
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The whole group has ended.
      }
    };
    const limit = options.maxOutput ?? 4 * 2 ** 20;
    const kept: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    let overflow = false;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (piece: Buffer) => {
        kept[name].push(piece);
        if (name === 'stdout') options.onStdout?.(piece.toString());
        if (Buffer.concat(kept[name]).length <= limit) return;
        overflow = true;
        kill();
      });
    }
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 128));
    });
    try {
      const exitCode = await deadline.race(commandLine, ended);
      if (overflow) throw tooLong(commandLine, limit);
      return { exitCode, stdout: Buffer.concat(kept.stdout).toString(), stderr: Buffer.concat(kept.stderr).toString() };
    } catch (error) {
      kill();
      throw error;
    }
  }
}

function tooLong(what: string, limit: number): HwlabError {
  return new HwlabError({ code: 'guest-output-too-long', blame: 'product', message: `${what}: longer than ${limit} bytes` });
}
