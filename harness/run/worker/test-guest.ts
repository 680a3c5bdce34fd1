import { HwlabError } from '../../base/hwlab-error.ts';
import { Deadline } from '../../base/deadline.ts';
import type { CommandResult } from '../../base/run-command.ts';
import type { ForwardedPort, Shell } from '../../capabilities/shell.ts';
import type { CellFacts, Guest } from '../cell-context.ts';

/** The guest of one test: the shell bounded by the test's deadline, and who is to blame when a command does not end. */
export class TestGuest implements Guest {
  readonly facts: CellFacts;
  readonly #shell: Shell;
  readonly #deadline: Deadline;
  readonly #patience: number;
  /** Seconds of guest uptime at which the test began, as the kernel log counts them. */
  #since: number;
  readonly #reboot: ((deadline: Deadline) => Promise<void>) | undefined;

  constructor(shell: Shell, facts: CellFacts, deadline: Deadline, patience: number, since: number, reboot?: (deadline: Deadline) => Promise<void>) {
    this.#shell = shell;
    this.facts = facts;
    this.#deadline = deadline;
    this.#patience = patience;
    this.#since = since;
    this.#reboot = reboot;
  }

  async run(commandLine: string, options: Parameters<Guest['run']>[1] = {}): Promise<CommandResult> {
    const deadline = options.within === undefined ? this.#deadline : this.#deadline.within(options.within * 1000 * this.#patience);
    try {
      return await this.#shell.run(commandLine, {
        deadline,
        ...(options.accept ? { accept: options.accept } : {}),
        ...(options.input === undefined ? {} : { input: options.input }),
        ...(options.onStdout ? { onStdout: options.onStdout } : {}),
      });
    } catch (error) {
      if (!deadline.expired || this.#cellIsOver(error)) throw error;
      throw await this.#blameTimeout(commandLine, error);
    }
  }

  async putFile(path: string, content: Uint8Array): Promise<void> {
    await this.#shell.putFile(path, content, this.#deadline);
  }

  async getFile(path: string): Promise<Uint8Array> {
    return await this.#shell.getFile(path, this.#deadline);
  }

  async forward(port: number): Promise<ForwardedPort> {
    return await this.#shell.forward(port, this.#deadline);
  }

  async reboot(): Promise<void> {
    if (!this.#reboot) throw new HwlabError({ code: 'cannot-reboot', blame: 'usage', message: 'this machine cannot be booted anew by a test' });
    await this.#reboot(this.#deadline);
    // The kernel counts from 0 again.
    this.#since = 0;
  }

  async kernelLog(): Promise<string> {
    return await kernelLogSince(this.#shell, this.#since, this.#deadline);
  }

  #cellIsOver(error: unknown): boolean {
    return error instanceof HwlabError && (error.code === 'cell-interrupted' || error.code === 'shell-lost');
  }

  /** A command that does not end is the product's fault if the guest still answers, and the lab's if it does not. */
  async #blameTimeout(commandLine: string, cause: unknown): Promise<HwlabError> {
    const alive = await this.#shell.run('true', { deadline: Deadline.after(5000 * this.#patience) }).then(
      () => true,
      () => false,
    );
    const shown = commandLine.slice(0, 200);
    return alive
      ? new HwlabError({ code: 'guest-command-timeout', blame: 'product', message: `in the guest, "${shown}" did not end in time; the guest itself still answers`, cause })
      : new HwlabError({ code: 'shell-lost', blame: 'lab', message: `the guest stopped answering while it ran "${shown}"`, cause });
  }
}

/** Lines of the kernel log from `since` seconds of uptime on; at most the last 400 lines. */
export async function kernelLogSince(shell: Shell, since: number, deadline: Deadline): Promise<string> {
  const { stdout } = await shell.run('dmesg | tail -n 400', { deadline, maxOutput: 256 * 1024 });
  return stdout
    .split('\n')
    .filter((line) => line !== '' && Number(/^\[\s*(\d+\.\d+)\]/.exec(line)?.[1] ?? Infinity) >= since)
    .join('\n');
}
