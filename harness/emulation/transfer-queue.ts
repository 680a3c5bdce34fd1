/**
 * The transfers of the driver that wait at an endpoint, in order. A fault can hold the first one: for a while, or until it is cancelled or dropped.
 * `W` is a waiting transfer; each is an object of its own.
 */
export class TransferQueue<W extends object> {
  readonly #waiting: W[] = [];
  #held: { readonly transfer: W; readonly timer?: NodeJS.Timeout } | undefined;

  get first(): W | undefined {
    return this.#waiting[0];
  }

  /** Whether a fault holds the endpoint: nothing is answered meanwhile. */
  get held(): boolean {
    return this.#held !== undefined;
  }

  push(transfer: W): void {
    this.#waiting.push(transfer);
  }

  /** Takes a transfer out. Returns the place that it had, -1 when it was not there: answered or cancelled already. */
  remove(transfer: W): number {
    const place = this.#waiting.indexOf(transfer);
    if (place >= 0) this.#waiting.splice(place, 1);
    return place;
  }

  has(transfer: W): boolean {
    return this.#waiting.includes(transfer);
  }

  /** Takes all out and lets go of what was held. */
  drain(): readonly W[] {
    this.release();
    return this.#waiting.splice(0);
  }

  /** Holds a transfer. With `delay`, in milliseconds, it is let go of then, and `then` is called. */
  hold(transfer: W, delay?: number, then: () => void = () => undefined): void {
    this.release();
    if (delay === undefined) {
      this.#held = { transfer };
      return;
    }
    const timer = setTimeout(() => {
      this.#held = undefined;
      then();
    }, delay);
    this.#held = { transfer, timer };
  }

  holds(transfer: W): boolean {
    return this.#held?.transfer === transfer;
  }

  release(): void {
    clearTimeout(this.#held?.timer);
    this.#held = undefined;
  }
}
