import type { PipeContext } from './pipe-context.ts';
import { noBytes } from './transfer.ts';
import { bytesPerInterval, type UsbEndpoint, type UsbFunction } from './usb-device.ts';

/**
 * One isochronous IN endpoint (USB 2.0, 5.6). The bus asks for one packet a service interval and repeats none, so there is no queue: the device class is asked
 * for the packets that it has now. `open` and `close` are the driver's beginning and end of a stream.
 */
export class IsoPipe {
  readonly address: number;
  readonly #endpoint: UsbEndpoint;
  readonly #context: PipeContext;
  readonly #next: NonNullable<UsbFunction['isochronous']>;
  #open = false;

  constructor(endpoint: UsbEndpoint, context: PipeContext, next: NonNullable<UsbFunction['isochronous']>) {
    this.address = Number(endpoint.address);
    this.#endpoint = endpoint;
    this.#context = context;
    this.#next = next;
  }

  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.#context.onPolling(this.address & 0x0f, true);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#context.onPolling(this.address & 0x0f, false);
  }

  /** Up to `most` packets, one a service interval, that the device has to send now; none while it has nothing to say. What is longer than the endpoint takes is cut. */
  take(most: number): readonly Uint8Array[] {
    const packets: Uint8Array[] = [];
    while (this.#open && packets.length < most) {
      const packet = this.#ask();
      if (!packet) break;
      packets.push(this.#spoilt(packet));
    }
    this.#note(packets);
    return packets;
  }

  #ask(): Uint8Array | undefined {
    try {
      return this.#next(this.address & 0x0f)?.subarray(0, bytesPerInterval(this.#endpoint));
    } catch (error) {
      this.#context.failed(`isochronous endpoint ${this.#endpoint.address}`, error);
      return undefined;
    }
  }

  /** A fault cuts a packet or takes it away: nothing else can happen on an endpoint without handshake. */
  #spoilt(packet: Uint8Array): Uint8Array {
    const strike = this.#context.faults.empty ? undefined : this.#context.faults.strike(this.address, packet.length);
    if (!strike) return packet;
    this.#context.trace.record({ from: 'device', kind: 'fault', endpoint: this.address, meaning: strike.rule.kind });
    if (strike.rule.kind === 'disconnect') this.#context.disconnect();
    return strike.rule.kind === 'short' ? packet.subarray(0, packet.length >> 1) : noBytes;
  }

  /** One event for all packets that went together: 8000 a second would say no more. */
  #note(packets: readonly Uint8Array[]): void {
    if (packets.length === 0) return;
    const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
    this.#context.trace.record({ from: 'device', kind: 'isochronous', endpoint: this.address, status: 'ok', meaning: `${packets.length} packets, ${bytes} bytes` }, packets[0]);
  }
}
