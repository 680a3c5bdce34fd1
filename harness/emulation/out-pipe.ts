import type { PipeContext } from './pipe-context.ts';
import type { Transfer } from './transfer.ts';
import { TransferQueue } from './transfer-queue.ts';
import type { OutReply, UsbEndpoint } from './usb-device.ts';

interface Waiting {
  readonly data: Uint8Array;
  readonly done: (reply: OutReply) => void;
}

/** One OUT endpoint: hands transfers to the device class in order, one at a time. A class that does not answer is NAK. */
export class OutPipe {
  readonly address: number;
  readonly #context: PipeContext;
  readonly #endpoint: UsbEndpoint;
  /** A fault holds the first transfer: a slow one for a while, one that is not answered for good. */
  readonly #waiting = new TransferQueue<Waiting>();
  #halted = false;
  /** The class works on a transfer; it may have been cancelled meanwhile. */
  #busy = false;
  #abort = new AbortController();

  constructor(endpoint: UsbEndpoint, context: PipeContext) {
    this.address = Number(endpoint.address);
    this.#endpoint = endpoint;
    this.#context = context;
  }

  get halted(): boolean {
    return this.#halted;
  }

  submit(data: Uint8Array, done: (reply: OutReply) => void): Transfer {
    const waiting: Waiting = { data, done };
    this.#waiting.push(waiting);
    this.#serve();
    return { cancel: () => this.#cancel(waiting) };
  }

  halt(): void {
    this.#halted = true;
    this.#serve();
  }

  clearHalt(): void {
    this.#halted = false;
    this.#serve();
  }

  /** Ends everything, as reset, a change of the alternate setting and unplug do. */
  drop(): void {
    this.#waiting.release();
    this.#abortRunning();
    for (const { done } of this.#waiting.drain()) done({ status: 'cancelled', accepted: 0 });
  }

  #serve(): void {
    while (!this.#busy && !this.#waiting.held) {
      const { first } = this.#waiting;
      if (!first) return;
      if (this.#halted) {
        this.#finish(first, { status: 'stall', accepted: 0 });
        continue;
      }
      const strike = this.#context.faults.empty ? undefined : this.#context.faults.strike(this.address, first.data.length);
      if (strike) this.#show(first, strike.rule.kind, strike.rule.delay ?? 0, strike.before);
      else this.#run(first, first.data);
    }
  }

  #show(first: Waiting, kind: string, delay: number, before: number): void {
    this.#context.trace.record({ from: 'device', kind: 'fault', endpoint: this.address, meaning: kind });
    switch (kind) {
      case 'stall':
        this.#run(first, first.data.subarray(0, before), () => this.halt());
        return;
      case 'short':
        this.#run(first, first.data.subarray(0, first.data.length >> 1));
        return;
      case 'disconnect':
        this.#run(first, first.data.subarray(0, before), () => this.#context.disconnect());
        return;
      case 'silent':
        this.#waiting.hold(first);
        return;
      default:
        this.#waiting.hold(first, delay, () => {
          this.#run(first, first.data);
          this.#serve();
        });
    }
  }

  /** Gives bytes to the class. With `instead` the transfer is not answered; it is called when the class has them. */
  #run(first: Waiting, data: Uint8Array, instead?: () => void): void {
    if (instead && data.length === 0) {
      this.#holdFor(first, instead);
      return;
    }
    let reply: OutReply | Promise<OutReply>;
    try {
      reply = this.#context.out(this.address, data, this.#abort.signal);
    } catch (error) {
      this.#context.failed(`OUT endpoint ${this.#endpoint.address}`, error);
      reply = { status: 'stall', accepted: 0 };
    }
    if (!(reply instanceof Promise)) {
      this.#settle(first, reply, instead);
      return;
    }
    this.#busy = true;
    const { signal } = this.#abort;
    reply
      .catch((error: unknown): OutReply => {
        if (!signal.aborted) this.#context.failed(`OUT endpoint ${this.#endpoint.address}`, error);
        return { status: 'stall', accepted: 0 };
      })
      .then((late) => {
        this.#busy = false;
        if (this.#waiting.has(first)) this.#settle(first, late, instead);
        this.#serve();
      })
      .catch((error: unknown) => this.#context.failed(`OUT endpoint ${this.#endpoint.address}`, error));
  }

  #settle(first: Waiting, reply: OutReply, instead: (() => void) | undefined): void {
    if (instead) {
      this.#holdFor(first, instead);
      return;
    }
    if (reply.status === 'stall') this.#halted = true;
    this.#finish(first, reply);
  }

  /** Keeps a transfer unanswered while the fault happens; one that halts the endpoint answers it with STALL. */
  #holdFor(first: Waiting, happens: () => void): void {
    this.#waiting.hold(first);
    happens();
    if (!this.#halted) return;
    this.#waiting.release();
    this.#serve();
  }

  #finish(waiting: Waiting, reply: OutReply): void {
    if (this.#waiting.remove(waiting) < 0) return;
    this.#context.trace.record({ from: 'host', kind: this.#endpoint.type === 'interrupt' ? 'interrupt' : 'bulk', endpoint: this.address, status: reply.status }, waiting.data);
    waiting.done(reply);
  }

  #cancel(waiting: Waiting): void {
    const place = this.#waiting.remove(waiting);
    if (place < 0) return;
    if (this.#waiting.holds(waiting)) this.#waiting.release();
    else if (place === 0 && this.#busy) this.#abortRunning();
    this.#context.trace.record({ from: 'host', kind: 'cancel', endpoint: this.address });
    waiting.done({ status: 'cancelled', accepted: 0 });
    this.#serve();
  }

  #abortRunning(): void {
    if (!this.#busy) return;
    this.#abort.abort();
    this.#abort = new AbortController();
  }
}
