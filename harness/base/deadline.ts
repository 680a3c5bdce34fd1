import { HwlabError } from './hwlab-error.ts';

/**
 * A point in time by which work must be done, with the signal that ends it. One deadline per cell is made and handed down;
 * `within` narrows it and never widens it.
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #endsAt: number;

  private constructor(endsAt: number, signal: AbortSignal) {
    this.#endsAt = endsAt;
    this.signal = signal;
  }

  /** A deadline `milliseconds` from now, that also ends when `parent` aborts. */
  static after(milliseconds: number, parent?: AbortSignal): Deadline {
    const timer = AbortSignal.timeout(Math.max(0, Math.ceil(Math.min(milliseconds, 2 ** 31 - 1))));
    return new Deadline(performance.now() + milliseconds, parent ? AbortSignal.any([parent, timer]) : timer);
  }

  /** Milliseconds left, never negative. */
  get remaining(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  get expired(): boolean {
    return this.signal.aborted || this.remaining === 0;
  }

  /** The earlier of this deadline and `milliseconds` from now. */
  within(milliseconds: number): Deadline {
    return Deadline.after(Math.min(milliseconds, this.remaining), this.signal);
  }

  /** This deadline, ended early when `signal` aborts. */
  alsoUntil(signal: AbortSignal): Deadline {
    return new Deadline(this.#endsAt, AbortSignal.any([this.signal, signal]));
  }

  /** Throws `deadline-exceeded` (blame lab) or the abort reason when time is up. `what` names the work. */
  check(what: string): void {
    if (this.expired) throw this.error(what);
  }

  /** The error for work that did not finish in time. */
  error(what: string, lastSeen?: string): HwlabError {
    const reason: unknown = this.signal.reason;
    if (this.signal.aborted && reason instanceof HwlabError) return reason;
    return new HwlabError({
      code: 'deadline-exceeded',
      blame: 'lab',
      message: `${what} did not finish in time${lastSeen ? `; last seen: ${lastSeen}` : ''}`,
      ...(lastSeen ? { facts: { lastSeen } } : {}),
      cause: this.signal.aborted ? reason : undefined,
    });
  }

  /** Settles like `work`, or rejects when time is up. The work itself is not ended; it must watch `signal`. */
  async race<T>(what: string, work: Promise<T>): Promise<T> {
    // Where the time is over already nobody waits for the work: when it fails later, that must not end the process.
    work.catch(() => undefined);
    this.check(what);
    let onAbort: (() => void) | undefined;
    const ended = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(this.error(what));
      this.signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, ended]);
    } finally {
      if (onAbort) this.signal.removeEventListener('abort', onAbort);
    }
  }
}
