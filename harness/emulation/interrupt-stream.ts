import type { ActiveEndpoint, UsbDeviceCore } from './usb-device-core.ts';
import type { Transfer } from './transfer.ts';
import type { TransferStatus, UsbSpeed } from './usb-device.ts';

/** Reports that may go out at once before the rate of the endpoint holds; QEMU drops reports when 2000 packets wait. */
const burst = 32;
const longestReport = 65535;

/** Milliseconds between two polls of an interrupt endpoint (USB 2.0, 9.6.6). */
export function pollPeriod(speed: UsbSpeed, interval: number): number {
  return speed === 'low' || speed === 'full' ? interval : 2 ** (interval - 1) / 8;
}

/** The pieces in which a report goes to QEMU: of the packet size, the last shorter, if need be empty (QEMU waits for it). */
export function fragments(report: Uint8Array, maxPacketSize: number): Uint8Array[] {
  const count = Math.floor(report.length / maxPacketSize) + 1;
  return Array.from({ length: count }, (_, index) => report.subarray(index * maxPacketSize, (index + 1) * maxPacketSize));
}

export interface InterruptStreamSink {
  push(fragment: Uint8Array): void;
  /** The endpoint ended with `status`, for example a stall; nothing comes any more. */
  ended(status: TransferStatus): void;
  /** Settles when more may be pushed; undefined if that is now. */
  ready(): Promise<void> | undefined;
}

/** Polls one interrupt IN endpoint at its interval and pushes the reports, which is how usbredir has them. */
export class InterruptStream {
  readonly endpoint: ActiveEndpoint;
  readonly #core: UsbDeviceCore;
  readonly #sink: InterruptStreamSink;
  readonly #period: number;
  #tokens = burst;
  #refilledAt = performance.now();
  #transfer: Transfer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(core: UsbDeviceCore, endpoint: ActiveEndpoint, sink: InterruptStreamSink) {
    this.#core = core;
    this.endpoint = endpoint;
    this.#sink = sink;
    this.#period = pollPeriod(core.usb.speed, endpoint.interval);
  }

  start(): void {
    this.#next();
  }

  /** Ends the polling; reports that come after this are lost. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#transfer?.cancel();
    this.#core.stopPolling(Number(this.endpoint.address));
  }

  #next(): void {
    if (this.#stopped) return;
    const now = performance.now();
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#refilledAt) / this.#period);
    this.#refilledAt = now;
    if (this.#tokens < 1) {
      this.#timer = setTimeout(() => this.#next(), Math.ceil((1 - this.#tokens) * this.#period));
      return;
    }
    this.#tokens -= 1;
    this.#transfer = this.#core.submitIn(Number(this.endpoint.address), longestReport, ({ status, data }) => {
      if (this.#stopped) return;
      if (status !== 'ok') {
        this.stop();
        this.#sink.ended(status);
        return;
      }
      for (const fragment of fragments(data, this.endpoint.maxPacketSize)) this.#sink.push(fragment);
      const wait = this.#sink.ready();
      if (wait) void wait.then(() => this.#next());
      else this.#next();
    });
  }
}
