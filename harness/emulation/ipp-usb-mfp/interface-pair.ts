import { Duplex } from 'node:stream';

/**
 * One IPP-USB interface as a byte stream: what the driver writes to bulk OUT is read here, what is written here goes to bulk IN (IPP over USB 1.0, 4).
 * Node's HTTP server takes it for a socket, so it has the socket's time-out and keep-alive switches, which mean nothing on a cable.
 */
export class InterfacePair extends Duplex {
  readonly #send: (bytes: Uint8Array) => Promise<void>;
  #wanted = true;
  readonly #waiting = new Set<() => void>();

  constructor(send: (bytes: Uint8Array) => Promise<void>) {
    super({ allowHalfOpen: true, readableHighWaterMark: 64 * 1024, writableHighWaterMark: 64 * 1024 });
    this.#send = send;
    // A broken conversation is the HTTP server's business ('clientError'); without a listener it would end the process.
    this.on('error', () => undefined);
  }

  /** Hands over bytes of the driver. Resolves true when they were taken, false when `signal` ended the wait for room or the stream is gone. */
  async feed(bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
    while (!this.#wanted && !this.destroyed && !signal.aborted) await this.#room(signal);
    if (this.destroyed || signal.aborted) return false;
    this.#wanted = this.push(bytes);
    return true;
  }

  override _read(): void {
    this.#wanted = true;
    this.#wake();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wake();
    done(error);
  }

  /** Resolves when a conversation that the server is ending is over; at once if it goes on. */
  async ended(): Promise<void> {
    if (this.writableEnded && !this.closed) await new Promise((resolve) => this.once('close', resolve));
  }

  /** The server ends the conversation: what it wrote goes out first. */
  destroySoon(): void {
    this.once('finish', () => this.destroy());
    this.end();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  async #room(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    signal.removeEventListener('abort', wake);
    this.#waiting.delete(wake);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
