import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { waitFor } from '../../base/wait-for.ts';
import type { CommandResult } from '../../base/run-command.ts';
import type { ForwardedPort, Shell, ShellOptions } from '../../capabilities/shell.ts';
import { noTrace, type Trace } from '../trace/cell-trace-file.ts';
import { CommandTrace } from '../trace/trace-commands.ts';

const readBootId = 'cat /proc/sys/kernel/random/boot_id';

/** The shell of a machine that a test may boot anew: after that, it is a shell on the machine that came up again. */
export class RebootableShell<Inner extends Shell> implements Shell {
  readonly #connect: (deadline: Deadline) => Promise<Inner>;
  readonly #commands: CommandTrace;
  #inner: Inner;

  constructor(first: Inner, connect: (deadline: Deadline) => Promise<Inner>, trace: Trace = noTrace) {
    this.#inner = first;
    this.#connect = connect;
    this.#commands = new CommandTrace(trace);
  }

  get inner(): Inner {
    return this.#inner;
  }

  async run(commandLine: string, options: ShellOptions): Promise<CommandResult> {
    return await this.#commands.around(commandLine, options.input, async () => await this.#inner.run(commandLine, options));
  }

  async putFile(path: string, content: Uint8Array, deadline: Deadline): Promise<void> {
    await this.#commands.around(`[put ${path}]`, content, async () => await this.#inner.putFile(path, content, deadline));
  }

  async getFile(path: string, deadline: Deadline, maxBytes?: number): Promise<Uint8Array> {
    return await this.#commands.around(`[get ${path}]`, undefined, async () => await this.#inner.getFile(path, deadline, maxBytes));
  }

  async forward(port: number, deadline: Deadline): Promise<ForwardedPort> {
    return await this.#inner.forward(port, deadline);
  }

  async close(): Promise<void> {
    await this.#inner.close();
  }

  /**
   * Boots the machine anew, as its user would, and waits until it can be logged in to. A system that has not come up at the deadline is the product's failure.
   * @throws HwlabError `guest-never-came-up`
   */
  async reboot(deadline: Deadline): Promise<void> {
    const { stdout: before } = await this.#inner.run(readBootId, { deadline });
    await this.#inner.run('systemctl reboot', { deadline }).catch((error: unknown) => {
      // The connection may well end before the command does.
      if (!(error instanceof HwlabError) || error.code !== 'shell-lost') throw error;
    });
    // A login may still succeed on the system that is going down, so the boot id decides.
    await waitFor(
      'the guest comes up again after a reboot',
      async () => {
        await this.#inner.close();
        this.#inner = await this.#connect(deadline);
        const now = await this.#inner.run(readBootId, { deadline }).catch((error: unknown) => error);
        if (now instanceof Error) return { saw: now.message };
        const { stdout } = now as CommandResult;
        return stdout === before ? { saw: 'it is still the system before the reboot' } : { value: true };
      },
      { deadline, blame: 'product' },
    );
  }
}
