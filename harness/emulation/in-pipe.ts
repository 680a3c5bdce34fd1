import { HwlabError } from '../base/hwlab-error.ts';
import type { PipeContext } from './pipe-context.ts';
import { noBytes, type InReply, type Transfer } from './transfer.ts';
import { TransferQueue } from './transfer-queue.ts';
import type { UsbEndpoint } from './usb-device.ts';

/** Most bytes that a device class may queue without waiting for the driver. */
const bulkQueueLimit = 64 * 1024 * 1024;
/** Reports a device keeps while the driver is slow; then the oldest goes, as in a hardware FIFO. */
const reportQueueLimit = 1024;

interface Waiting {
  readonly length: number;
  readonly done: (reply: InReply) => void;
}

interface Queued {
  data: Uint8Array;
  readonly taken: () => void;
}

/**
 * One IN endpoint: what the device has queued meets what the driver asks for. A request without data stays pending (NAK).
 * A send whose length is not a multiple of the packet size ends with a short packet, and so ends the transfer that takes it.
 */
export class InPipe {
  readonly address: number;
  readonly #context: PipeContext;
  readonly #endpoint: UsbEndpoint;
  readonly #queue: Queued[] = [];
  /** A slow answer holds the first request while it is under way, a silent one for good. */
  readonly #waiting = new TransferQueue<Waiting>();
  #queuedBytes = 0;
  #halted = false;
  #polled = false;

  constructor(endpoint: UsbEndpoint, context: PipeContext) {
    this.address = Number(endpoint.address);
    this.#endpoint = endpoint;
    this.#context = context;
  }

  get halted(): boolean {
    return this.#halted;
  }

  /** Queues data of the device; see `UsbInPipes.send`. */
  async send(data: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    if (this.#endpoint.type === 'interrupt') {
      if (!this.#polled) return;
      if (this.#queue.length >= reportQueueLimit) this.#shift();
    } else if (this.#queuedBytes + data.length > bulkQueueLimit) {
      throw new HwlabError({ code: 'in-pipe-full', blame: 'harness', message: `the device class queued more than ${bulkQueueLimit} bytes on endpoint ${this.#endpoint.address} without waiting for the driver` });
    }
    await new Promise<void>((taken) => {
      const queued: Queued = { data, taken };
      signal?.addEventListener('abort', () => this.#remove(queued), { once: true });
      this.#queue.push(queued);
      this.#queuedBytes += data.length;
      this.serve();
    });
  }

  /** The driver asks for at most `length` bytes. */
  submit(length: number, done: (reply: InReply) => void): Transfer {
    const waiting: Waiting = { length, done };
    this.#waiting.push(waiting);
    if (this.#endpoint.type === 'interrupt' && !this.#polled) {
      this.#polled = true;
      this.#context.onPolling(this.address & 0x0f, true);
    }
    this.serve();
    return { cancel: () => this.#cancel(waiting) };
  }

  /** The driver has ceased to poll: what is queued is lost. */
  stopPolling(): void {
    if (!this.#polled) return;
    this.#polled = false;
    while (this.#queue.length > 0) this.#shift();
    this.#context.onPolling(this.address & 0x0f, false);
  }

  halt(): void {
    this.#halted = true;
    this.serve();
  }

  clearHalt(): void {
    this.#halted = false;
    this.serve();
  }

  /** Ends everything, as reset, a change of the alternate setting and unplug do. */
  drop(): void {
    this.#waiting.release();
    this.stopPolling();
    while (this.#queue.length > 0) this.#shift();
    for (const { done } of this.#waiting.drain()) done({ status: 'cancelled', data: noBytes });
  }

  /** Answers what can be answered; called again when a fault was armed. */
  serve(): void {
    while (!this.#waiting.held) {
      const { first } = this.#waiting;
      if (!first) return;
      if (this.#halted) {
        this.#finish(first, 'stall', noBytes);
        continue;
      }
      const { faults } = this.#context;
      const available = this.#available(first.length);
      const strike = faults.empty ? undefined : available === undefined ? faults.strikeIdle(this.address) : faults.strike(this.address, available);
      if (strike) {
        this.#show(first, strike.rule.kind, strike.rule.delay ?? 0, available ?? 0);
      } else if (available === undefined) {
        return;
      } else {
        this.#finish(first, 'ok', this.#take(available));
      }
    }
  }

  #show(first: Waiting, kind: string, delay: number, available: number): void {
    this.#context.trace.record({ from: 'device', kind: 'fault', endpoint: this.address, meaning: kind });
    switch (kind) {
      case 'stall':
        this.#halted = true;
        return;
      case 'short':
        this.#finish(first, 'ok', this.#endpoint.type === 'interrupt' ? this.#take(available).subarray(0, available >> 1) : this.#take(Math.min(1, available)));
        return;
      case 'disconnect':
        this.#waiting.hold(first);
        this.#context.disconnect();
        return;
      case 'silent':
        this.#waiting.hold(first);
        return;
      default:
        this.#waiting.hold(first, delay, () => {
          this.#finish(first, 'ok', this.#take(this.#available(first.length) ?? 0));
          this.serve();
        });
    }
  }

  /** Bytes that a request of `length` would get, undefined if the device has nothing to say. */
  #available(length: number): number | undefined {
    const size = this.#endpoint.maxPacketSize;
    let bytes: number | undefined;
    for (const { data } of this.#queue) {
      bytes = (bytes ?? 0) + data.length;
      if (bytes >= length || data.length % size !== 0 || data.length === 0 || this.#endpoint.type === 'interrupt') break;
    }
    return bytes === undefined ? undefined : Math.min(bytes, length);
  }

  #take(count: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let missing = count;
    do {
      const first = this.#queue[0];
      if (!first) break;
      const part = first.data.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      this.#queuedBytes -= part.length;
      if (part.length === first.data.length) {
        this.#queue.shift();
        first.taken();
      } else {
        first.data = first.data.subarray(part.length);
      }
    } while (missing > 0);
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  #finish(waiting: Waiting, status: InReply['status'], data: Uint8Array): void {
    this.#waiting.remove(waiting);
    this.#context.trace.record({ from: 'device', kind: this.#endpoint.type === 'interrupt' ? 'interrupt' : 'bulk', endpoint: this.address, status }, data);
    waiting.done({ status, data });
  }

  #cancel(waiting: Waiting): void {
    if (this.#waiting.remove(waiting) < 0) return;
    if (this.#waiting.holds(waiting)) this.#waiting.release();
    waiting.done({ status: 'cancelled', data: noBytes });
    this.serve();
  }

  #shift(): void {
    if (this.#queue[0]) this.#remove(this.#queue[0]);
  }

  #remove(queued: Queued): void {
    const place = this.#queue.indexOf(queued);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    this.#queuedBytes -= queued.data.length;
    queued.taken();
  }
}
