import type { EmulatedUnit, SetupPacket, TransferStatus, WireEvent, WireListener } from './usb-device.ts';

const headBytes = 64;

type What = Pick<WireEvent, 'from' | 'kind'> & { readonly endpoint?: number; readonly setup?: SetupPacket; readonly status?: TransferStatus; readonly meaning?: string };

/** Turns what crosses the emulated cable into events; costs nothing without a listener. */
export class WireTrace {
  readonly #listener: WireListener | undefined;
  readonly #decode: EmulatedUnit<unknown>['decode'] | undefined;

  constructor(unit: Pick<EmulatedUnit<unknown>, 'decode'>, listener: WireListener | undefined) {
    this.#listener = listener;
    this.#decode = unit.decode?.bind(unit);
  }

  /** Records one event; `data` are the bytes that were moved. */
  record(what: What, data?: Uint8Array): void {
    if (!this.#listener) return;
    const event: WireEvent = {
      t: performance.timeOrigin + performance.now(),
      ...what,
      ...(data ? { length: data.length } : {}),
      ...(data && data.length > 0 ? { head: Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, headBytes)).toString('hex') } : {}),
    };
    const meaning = what.meaning ?? this.#meaningOf(event, data);
    this.#listener(meaning === undefined ? event : { ...event, meaning }, data);
  }

  /** A decoder reads what an untrusted guest sent; its errors must not end the device. */
  #meaningOf(event: WireEvent, data: Uint8Array | undefined): string | undefined {
    try {
      return this.#decode?.(event, data ?? new Uint8Array(0));
    } catch {
      return 'not decodable';
    }
  }
}
