import { setTimeout as delay } from 'node:timers/promises';

/** Decides when the printer takes the next bytes: it may be slow, held, or out of paper. */
export class PaperPath {
  #bytesPerSecond: number | undefined;
  #held = false;
  #paper = true;
  readonly #waiting = new Set<() => void>();

  constructor(bytesPerSecond: number | undefined) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  get paper(): boolean {
    return this.#paper;
  }

  setPaper(present: boolean): void {
    this.#paper = present;
    this.#wake();
  }

  /** While held, nothing is accepted: the driver's transfers stay pending. */
  hold(held: boolean): void {
    this.#held = held;
    this.#wake();
  }

  setSpeed(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves true when `length` bytes may be taken after a rest of `rest` milliseconds, false when the driver gave up waiting. */
  async admit(length: number, signal: AbortSignal, rest = 0): Promise<boolean> {
    if (rest > 0 && !signal.aborted) await delay(rest, undefined, { signal, ref: false }).catch(() => undefined);
    await this.#open(signal);
    if (!signal.aborted && this.#bytesPerSecond !== undefined) {
      await delay((length * 1000) / this.#bytesPerSecond, undefined, { signal, ref: false }).catch(() => undefined);
      // it may have been held meanwhile
      await this.#open(signal);
    }
    return !signal.aborted;
  }

  async #open(signal: AbortSignal): Promise<void> {
    while ((this.#held || !this.#paper) && !signal.aborted) await this.#change(signal);
  }

  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#waiting.delete(resolve);
  }

  #wake(): void {
    for (const resume of this.#waiting) resume();
  }
}
