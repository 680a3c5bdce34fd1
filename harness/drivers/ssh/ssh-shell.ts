import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CommandResult } from '../../base/run-command.ts';
import { quote } from '../../wire/shell-quote.ts';
import type { Shell, ShellOptions } from '../../capabilities/shell.ts';
import { RemoteCommand } from './remote-command.ts';
import type { SshConnection } from './ssh-client.ts';

const defaultLimit = 4 * 2 ** 20;
const defaultFileLimit = 64 * 2 ** 20;

/** A shell over one SSH connection; commands run side by side on channels of their own. */
export class SshShell implements Shell {
  readonly #connection: SshConnection;
  readonly #where: string;
  #lost: string | undefined;

  constructor(connection: SshConnection, where: string) {
    this.#connection = connection;
    this.#where = where;
    connection.client.on('error', (error) => (this.#lost ??= error?.message ?? 'unknown error'));
    connection.client.on('close', () => (this.#lost ??= 'the connection was closed'));
  }

  async run(commandLine: string, options: ShellOptions): Promise<CommandResult> {
    const decoder = options.onStdout ? new TextDecoder() : undefined;
    // sshd hands the line to the user's own shell, which may be another than /bin/sh.
    const ended = await this.#remote(`exec /bin/sh -c ${quote(commandLine)}`, options.deadline, {
      limit: options.maxOutput ?? defaultLimit,
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(decoder ? { onStdout: (piece: Buffer) => options.onStdout?.(decoder.decode(piece, { stream: true })) } : {}),
    });
    const result = { exitCode: ended.exitCode, stdout: ended.stdout.toString('utf8'), stderr: ended.stderr.toString('utf8') };
    if ((options.accept ?? [0]).includes(result.exitCode)) return result;
    throw new HwlabError({
      code: 'guest-command-failed',
      blame: 'product',
      message: `${shown(commandLine)}: ${ended.signal ? `ended by ${ended.signal}` : `exit ${result.exitCode}`}: ${result.stderr.trim().slice(-500) || result.stdout.trim().slice(-500) || 'it said nothing'}`,
      facts: { command: commandLine.slice(0, 1000), exitCode: result.exitCode, stderr: result.stderr.slice(-2000), stdout: result.stdout.slice(-2000) },
    });
  }

  async putFile(path: string, content: Uint8Array, deadline: Deadline): Promise<void> {
    const { exitCode, stderr } = await this.#remote(`cat > ${quote(path)}`, deadline, { limit: defaultLimit, input: content });
    if (exitCode !== 0) throw fileError(`cannot write ${path} in the guest`, stderr);
  }

  async getFile(path: string, deadline: Deadline, maxBytes: number = defaultFileLimit): Promise<Uint8Array> {
    const { exitCode, stdout, stderr } = await this.#remote(`cat -- ${quote(path)}`, deadline, { limit: maxBytes });
    if (exitCode !== 0) throw fileError(`cannot read ${path} in the guest`, stderr);
    return new Uint8Array(stdout);
  }

  async close(): Promise<void> {
    this.#lost ??= 'this end closed the connection';
    this.#connection.close();
    return Promise.resolve();
  }

  async #remote(commandLine: string, deadline: Deadline, options: { readonly limit: number; readonly input?: string | Uint8Array; readonly onStdout?: (piece: Buffer) => void }): ReturnType<RemoteCommand['ended']> {
    deadline.check(shown(commandLine));
    if (this.#lost !== undefined) throw this.#lostError(commandLine);
    const command = await RemoteCommand.start(this.#connection.client, commandLine, options).catch((error: unknown) => {
      throw this.#lostError(commandLine, error);
    });
    return command.ended(deadline, shown(commandLine), (error) => this.#lostError(commandLine, error));
  }

  #lostError(commandLine: string, cause?: unknown): HwlabError {
    const why = this.#lost ?? (cause instanceof Error ? cause.message : 'the channel closed without an exit code');
    return new HwlabError({
      code: 'shell-lost',
      blame: 'lab',
      retryable: true,
      message: `the connection to ${this.#where} was lost at ${shown(commandLine)}: ${why}`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

function shown(commandLine: string): string {
  const line = commandLine.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}

function fileError(message: string, stderr: Buffer): HwlabError {
  return new HwlabError({ code: 'guest-file', blame: 'product', message: `${message}: ${stderr.toString('utf8').trim().slice(-300)}` });
}
