import { chmod, open, rm, type FileHandle } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { HwlabError } from '../../base/hwlab-error.ts';
import { PanicWatch } from './panic-watch.ts';
import { lastLines, visibleText } from './visible-text.ts';

export interface ConsoleLimits {
  /** Most bytes of the file; 64 MiB by default. What comes after is counted, and its end is kept in memory. */
  readonly file?: number;
}

const tailLimit = 64 * 1024;

/**
 * Keeps a machine's serial console from power-on: listens on a unix socket to which QEMU connects, and writes to a file up to a limit.
 * A guest that prints without end costs neither disk nor memory.
 */
export class ConsoleRecorder implements AsyncDisposable {
  readonly #server: Server;
  readonly #file: FileHandle;
  readonly #socketPath: string;
  readonly #limit: number;
  readonly #watch = new PanicWatch();
  readonly #panicked: ((line: string) => void)[] = [];
  readonly #disconnected: (() => void)[] = [];
  #socket: Socket | undefined;
  #tail: Buffer = Buffer.alloc(0);
  #written = 0;
  #seen = 0;
  #writing: Promise<void> = Promise.resolve();
  #fault: Error | undefined;
  #ended = false;

  private constructor(server: Server, file: FileHandle, socketPath: string, limit: number) {
    this.#server = server;
    this.#file = file;
    this.#socketPath = socketPath;
    this.#limit = limit;
  }

  /** Begins to listen; QEMU may connect from now on. @throws HwlabError `console-unavailable` */
  static async listen(socketPath: string, filePath: string, limits: ConsoleLimits = {}): Promise<ConsoleRecorder> {
    const file = await open(filePath, 'w', 0o600);
    const server = createServer();
    const recorder = new ConsoleRecorder(server, file, socketPath, limits.file ?? 64 * 2 ** 20);
    server.on('connection', (socket) => recorder.#take(socket));
    try {
      await rm(socketPath, { force: true });
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
      await chmod(socketPath, 0o600);
    } catch (cause) {
      await file.close();
      throw new HwlabError({ code: 'console-unavailable', blame: 'lab', message: `cannot listen for the serial console on ${socketPath}`, cause });
    }
    return recorder;
  }

  /** Bytes that the guest has printed. */
  get seen(): number {
    return this.#seen;
  }

  /** The line of a kernel panic, once there was one. */
  get panic(): string | undefined {
    return this.#watch.panic;
  }

  /** Calls back once, at a kernel panic; at once if it has happened. */
  onPanic(listener: (line: string) => void): void {
    if (this.panic === undefined) this.#panicked.push(listener);
    else listener(this.panic);
  }

  /** Calls back when the machine closes the console, which it does only by ending. */
  onDisconnect(listener: () => void): void {
    if (this.#socket?.destroyed === true) listener();
    else this.#disconnected.push(listener);
  }

  /** The last lines, at most 64 KiB, control characters made visible. */
  tail(lines: number): string {
    return lastLines(visibleText(this.#tail), lines).slice(-tailLimit);
  }

  /** Stops listening and completes the file. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket?.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    await this.#writing;
    const lost = this.#seen - this.#written;
    if (lost > 0) {
      const note = `\n[hwlab: the console was cut here; ${lost} of ${this.#seen} bytes are not kept; ${this.#fault ? this.#fault.message : `the limit is ${this.#limit} bytes`}; the end follows]\n`;
      await this.#file.appendFile(Buffer.concat([Buffer.from(note), this.#tail.subarray(-Math.min(lost, tailLimit))])).catch(() => undefined);
    }
    await this.#file.close();
    await rm(this.#socketPath, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #take(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const listener of this.#disconnected.splice(0)) listener();
    });
    socket.on('data', (piece: Buffer) => {
      this.#seen += piece.length;
      this.#tail = piece.length >= tailLimit ? Buffer.from(piece.subarray(-tailLimit)) : Buffer.concat([this.#tail, piece]).subarray(-tailLimit);
      this.#lookForPanic(piece);
      const room = this.#fault ? 0 : this.#limit - this.#written;
      if (room <= 0) return;
      const kept = piece.subarray(0, room);
      this.#written += kept.length;
      socket.pause();
      this.#writing = this.#write(kept, socket);
    });
  }

  #lookForPanic(piece: Buffer): void {
    if (this.panic !== undefined) return;
    this.#watch.add(piece.toString('latin1'));
    if (this.panic !== undefined) for (const listener of this.#panicked.splice(0)) listener(this.panic);
  }

  /** One write at a time, and no reading meanwhile: QEMU holds back a guest that prints faster than the disk takes. */
  async #write(bytes: Buffer, socket: Socket): Promise<void> {
    try {
      await this.#file.appendFile(bytes);
    } catch (error) {
      this.#fault = error instanceof Error ? error : new Error(String(error));
      this.#written -= bytes.length;
    } finally {
      socket.resume();
    }
  }
}
