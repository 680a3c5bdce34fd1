import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { SshChannel, SshClient } from './ssh-client.ts';

export interface RemoteOptions {
  /** Most bytes kept of stdout and of stderr; more ends the command. */
  readonly limit: number;
  readonly input?: string | Uint8Array;
  readonly onStdout?: (piece: Buffer) => void;
  /** Called once when the command must end; closing its channel does not end it. */
  readonly onKill: () => void;
}

export interface RemoteEnd {
  readonly exitCode: number;
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** One command on its own channel (RFC 4254, 6.5). */
export class RemoteCommand {
  readonly #channel: SshChannel;
  readonly #limit: number;
  readonly #onStdout: ((piece: Buffer) => void) | undefined;
  readonly #kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  readonly #lengths = { stdout: 0, stderr: 0 };
  readonly #onKill: () => void;
  #killed = false;
  #overflow: 'stdout' | 'stderr' | undefined;
  #listenerError: unknown;
  #exit: { readonly code: number | null; readonly signal: string | undefined } | undefined;
  readonly #closed: Promise<void>;

  private constructor(channel: SshChannel, options: RemoteOptions) {
    this.#channel = channel;
    this.#limit = options.limit;
    this.#onStdout = options.onStdout;
    this.#onKill = options.onKill;
    channel.on('error', () => undefined);
    channel.on('data', (piece: Buffer) => this.#take('stdout', piece));
    channel.stderr.on('data', (piece: Buffer) => this.#take('stderr', piece));
    channel.on('exit', (code: number | null, signal?: string) => (this.#exit = { code, signal }));
    this.#closed = new Promise((resolve) => channel.once('close', () => resolve()));
  }

  static async start(client: SshClient, commandLine: string, options: RemoteOptions): Promise<RemoteCommand> {
    const command = await new Promise<RemoteCommand>((resolve, reject) => {
      // ssh2 answers open requests of a dead connection with nothing at all.
      const onClose = (): void => reject(new Error('the connection was closed'));
      client.on('close', onClose);
      client.exec(commandLine, (error, opened) => {
        client.removeListener('close', onClose);
        if (error) reject(error);
        // At once: the end of a short command may be in the same packet.
        else resolve(new RemoteCommand(opened, options));
      });
    });
    command.#channel.end(options.input);
    return command;
  }

  /** Waits for the end; at the deadline it is killed. `lost` makes the error for a channel that closed without an exit code. */
  async ended(deadline: Deadline, shown: string, lost: (error?: unknown) => HwlabError): Promise<RemoteEnd> {
    const kill = (): void => this.#kill();
    deadline.signal.addEventListener('abort', kill, { once: true });
    try {
      await deadline.race(shown, this.#closed);
    } catch (error) {
      this.#kill();
      throw error;
    } finally {
      deadline.signal.removeEventListener('abort', kill);
    }
    if (this.#listenerError !== undefined) throw this.#listenerError;
    if (this.#overflow) {
      throw new HwlabError({ code: 'guest-output-too-long', blame: 'product', message: `${shown}: its ${this.#overflow} is longer than ${this.#limit} bytes`, facts: { end: this.#end(this.#overflow) } });
    }
    const exit = this.#exit;
    if (!exit || (exit.code === null && exit.signal === undefined)) throw lost();
    return { exitCode: exit.code ?? 128, signal: exit.signal, stdout: Buffer.concat(this.#kept.stdout), stderr: Buffer.concat(this.#kept.stderr) };
  }

  #take(stream: 'stdout' | 'stderr', piece: Buffer): void {
    this.#lengths[stream] += piece.length;
    if (this.#overflow) return;
    if (this.#lengths[stream] > this.#limit) {
      this.#overflow = stream;
      this.#kill();
      return;
    }
    this.#kept[stream].push(piece);
    if (stream !== 'stdout' || !this.#onStdout) return;
    try {
      this.#onStdout(piece);
    } catch (error) {
      this.#listenerError ??= error;
      this.#kill();
    }
  }

  #kill(): void {
    if (this.#killed) return;
    this.#killed = true;
    this.#onKill();
    this.#channel.close();
  }

  #end(stream: 'stdout' | 'stderr'): string {
    return Buffer.concat(this.#kept[stream].slice(-20)).subarray(-500).toString('utf8');
  }
}
