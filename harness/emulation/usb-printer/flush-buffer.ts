/**
 * The printer's own buffer: bytes stay in it for `flushTime` milliseconds before they are on paper, and what is in it when the host resets the
 * interface is lost. With a time of 0 nothing stays in it.
 */
export class FlushBuffer {
  readonly #flushTime: () => number;
  readonly #print: (bytes: Uint8Array) => void;
  #waiting: { readonly bytes: Uint8Array; readonly timer: NodeJS.Timeout }[] = [];

  constructor(flushTime: () => number, print: (bytes: Uint8Array) => void) {
    this.#flushTime = flushTime;
    this.#print = print;
  }

  /** Bytes that were taken from the driver and are not printed yet. */
  get pending(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  take(bytes: Uint8Array): void {
    const time = this.#flushTime();
    if (time === 0 && this.#waiting.length === 0) {
      this.#print(bytes);
      return;
    }
    this.#waiting.push({ bytes, timer: setTimeout(() => this.#printFirst(), time).unref() });
  }

  /** Prints all of it now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#printFirst();
  }

  /** Forgets what is not yet printed. */
  drop(): void {
    for (const { timer } of this.#waiting.splice(0)) clearTimeout(timer);
  }

  #printFirst(): void {
    const first = this.#waiting.shift();
    if (!first) return;
    clearTimeout(first.timer);
    this.#print(first.bytes);
  }
}
