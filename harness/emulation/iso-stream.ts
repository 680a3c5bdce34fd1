import type { IsoPipe } from './iso-pipe.ts';
import type { UsbSpeed } from './usb-device.ts';

/**
 * How much longer a burst's pause is than the time in which a real bus would move it. A guest under software emulation takes packets late at times, and QEMU throws
 * packets away when two bursts wait at once.
 */
const slack = 2;
/** Milliseconds between two looks at a device that has nothing to say. */
const idle = 8;
const noBytes = new Uint8Array(0);

/** Milliseconds of a service interval (USB 2.0, 9.6.6). */
export function isoPeriod(speed: UsbSpeed, interval: number): number {
  return 2 ** (interval - 1) / (speed === 'high' || speed === 'super' ? 8 : 1);
}

export interface IsoStreamSink {
  push(packets: readonly Uint8Array[]): void;
  /** Settles when more may be pushed; undefined if that is now. */
  ready(): Promise<void> | undefined;
}

/**
 * Sends what an isochronous IN endpoint says in bursts, as QEMU needs it. QEMU gives a stream's packets to the guest, one a service interval, when it has `burst` of
 * them (about 60 ms), until it has none; then it waits for as many again, and the guest gets empty packets meanwhile, which drivers pass over. Beyond twice as many it
 * throws them away (hw/usb/redirect.c, usbredir_handle_iso_data, bufp_alloc). Nothing tells how many it still has, so a burst is as many as it needs,
 * filled up with empty ones, and the next one comes when the guest has had time to take them all: no packet of the device is lost.
 */
export class IsoStream {
  readonly #pipe: IsoPipe;
  readonly #burst: number;
  readonly #pause: number;
  readonly #sink: IsoStreamSink;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `burst` is what start_iso_stream asks for: its packets an URB times its URBs. `period` is milliseconds. */
  constructor(pipe: IsoPipe, burst: number, period: number, sink: IsoStreamSink) {
    this.#pipe = pipe;
    this.#burst = burst;
    this.#pause = Math.ceil(burst * period * slack);
    this.#sink = sink;
  }

  start(): void {
    this.#pipe.open();
    this.#send();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#pipe.close();
  }

  #send(): void {
    if (this.#stopped) return;
    const packets = this.#pipe.take(this.#burst);
    if (this.#stopped) return;
    if (packets.length > 0) this.#sink.push([...packets, ...new Array<Uint8Array>(this.#burst - packets.length).fill(noBytes)]);
    const again = (): void => {
      this.#timer = setTimeout(() => this.#send(), packets.length > 0 ? this.#pause : idle);
    };
    const wait = this.#sink.ready();
    if (wait) void wait.then(() => (this.#stopped ? undefined : again()));
    else again();
  }
}
