import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { randomId } from '../../base/random-id.ts';
import type { CommandResult } from '../../base/run-command.ts';
import type { ForwardedPort, Shell, ShellOptions } from '../../capabilities/shell.ts';
import type { PortListener } from '../../capabilities/port-listener.ts';
import type { StreamListener } from '../../capabilities/stream-listener.ts';
import { quote } from '../../wire/shell-quote.ts';
import { forwardPort } from './forward-port.ts';
import { RemoteCommand, type RemoteEnd, type RemoteOptions } from './remote-command.ts';
import { PortForwards } from './port-forwards.ts';
import type { SshConnection } from './ssh-client.ts';
import { StreamForwards } from './stream-forwards.ts';

const defaultLimit = 4 * 2 ** 20;
const defaultFileLimit = 64 * 2 ** 20;

/** A shell over one SSH connection; commands run side by side on channels of their own. */
export class SshShell implements Shell {
  readonly #connection: SshConnection;
  readonly #where: string;
  /** Connections that programs of the machine make to us. */
  readonly streams: StreamListener;
  readonly ports: PortListener;
  readonly #kills = new Set<Promise<void>>();
  readonly #forwarded = new Set<ForwardedPort>();
  #lost: string | undefined;

  constructor(connection: SshConnection, where: string) {
    this.#connection = connection;
    this.#where = where;
    this.streams = new StreamForwards(connection.client);
    this.ports = new PortForwards(connection.client);
    connection.client.on('error', (error) => (this.#lost ??= error?.message ?? 'unknown error'));
    connection.client.on('close', () => (this.#lost ??= 'the connection was closed'));
  }

  async run(commandLine: string, options: ShellOptions): Promise<CommandResult> {
    const decoder = options.onStdout ? new TextDecoder() : undefined;
    const ended = await this.#remote(commandLine, options.deadline, {
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

  async forward(port: number, deadline: Deadline): Promise<ForwardedPort> {
    deadline.check(`forwarding port ${port}`);
    if (this.#lost !== undefined) throw this.#lostError(`forwarding port ${port}`);
    const forwarded = await forwardPort(this.#connection.client, port);
    this.#forwarded.add(forwarded);
    return forwarded;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#forwarded].map(async (forwarded) => forwarded[Symbol.asyncDispose]()));
    if (this.#lost === undefined && this.#kills.size > 0) await Promise.race([Promise.all(this.#kills), delay(3000, undefined, { ref: false })]);
    this.#lost ??= 'this end closed the connection';
    this.#connection.close();
  }

  async #remote(commandLine: string, deadline: Deadline, options: Omit<RemoteOptions, 'onKill'>): Promise<RemoteEnd> {
    deadline.check(shown(commandLine));
    if (this.#lost !== undefined) throw this.#lostError(commandLine);
    const mark = `hwlab-${randomId(16)}`;
    // sshd hands the line to the user's own shell, which may be another than /bin/sh. The mark is how all that it starts is found again.
    const marked = `export HWLAB_COMMAND=${mark}; exec /bin/sh -c ${quote(commandLine)}`;
    const command = await RemoteCommand.start(this.#connection.client, marked, { ...options, onKill: () => this.#kill(mark) }).catch((error: unknown) => {
      throw this.#lostError(commandLine, error);
    });
    return command.ended(deadline, shown(commandLine), (error) => this.#lostError(commandLine, error));
  }

  /** sshd passes no signals on to commands of root (OpenSSH, session.c: session_signal_req), so a second command ends the first and all its children. */
  #kill(mark: string): void {
    if (this.#lost !== undefined) return;
    const line = `kill -KILL $(grep -ls HWLAB_COMMAND=${mark} /proc/[0-9]*/environ | cut -d/ -f3)`;
    const done = RemoteCommand.start(this.#connection.client, line, { limit: 1000, onKill: () => undefined })
      .then(async (command) => command.ended(Deadline.after(20_000), 'ending a command', () => this.#lostError(line)))
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#kills.delete(done));
    this.#kills.add(done);
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
