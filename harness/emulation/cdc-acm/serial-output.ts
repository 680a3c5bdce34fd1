/** Bytes that wait for the driver before the board's line is held. */
const enough = 64 * 1024;

/**
 * The way from the board to the driver: sends one piece at a time, so that what waits can be thrown away when the port is closed.
 */
export class SerialOutput {
  readonly #send: (data: Uint8Array, signal: AbortSignal) => Promise<void>;
  #queue: Uint8Array[] = [];
  #bytes = 0;
  #sending = false;
  #waiters: (() => void)[] = [];
  #closed = new AbortController();

  constructor(send: (data: Uint8Array, signal: AbortSignal) => Promise<void>) {
    this.#send = send;
  }

  push(data: Uint8Array): void {
    if (data.length === 0) return;
    this.#queue.push(data);
    this.#bytes += data.length;
    void this.#drain();
  }

  /** Settles when there is room again; undefined if there is. */
  room(): Promise<void> | undefined {
    if (this.#bytes < enough) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Throws away what the driver has not taken. */
  clear(): void {
    this.#closed.abort();
    this.#closed = new AbortController();
    this.#queue = [];
    this.#bytes = 0;
    this.#release();
  }

  async #drain(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#queue.length > 0) {
      const data = this.#queue.length === 1 ? (this.#queue[0] ?? new Uint8Array(0)) : Buffer.concat(this.#queue);
      this.#queue = [];
      await this.#send(data, this.#closed.signal);
      this.#bytes = this.#queue.reduce((sum, piece) => sum + piece.length, 0);
      this.#release();
    }
    this.#sending = false;
  }

  #release(): void {
    if (this.#bytes >= enough) return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
