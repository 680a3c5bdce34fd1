import type { PacketOf, RedirPacket } from '../wire/usbredir/packet.ts';
import { isoPeriod, IsoStream } from './iso-stream.ts';
import type { UsbDeviceCore } from './usb-device-core.ts';

interface Started {
  readonly interface: number;
  readonly stream: IsoStream;
}

/** The isochronous streams of one usbredir connection: IN only, since nothing emulated plays sound. */
export class IsoStreams {
  readonly #send: (...packets: readonly RedirPacket[]) => void;
  readonly #ready: () => Promise<void> | undefined;
  readonly #started = new Map<number, Started>();

  /** `ready` settles when the connection takes more; undefined if that is now. */
  constructor(send: (...packets: readonly RedirPacket[]) => void, ready: () => Promise<void> | undefined) {
    this.#send = send;
    this.#ready = ready;
  }

  /** start_iso_stream. Answered with `invalid` where there is no such IN endpoint, or no stream on it. */
  start(core: UsbDeviceCore, { id, endpoint: address, packetsPerUrb, urbs }: PacketOf<'startIso'>): void {
    this.#end(address);
    const endpoint = core.activeEndpoints().find((each) => Number(each.address) === address);
    const pipe = core.isoPipe(address);
    this.#send({ name: 'isoStatus', id, status: endpoint && pipe ? 'ok' : 'invalid', endpoint: address });
    if (!endpoint || !pipe) return;
    let count = 0n;
    const stream = new IsoStream(pipe, Math.max(1, packetsPerUrb * urbs), isoPeriod(core.usb.speed, endpoint.interval), {
      push: (packets) => this.#send(...packets.map((data): RedirPacket => ({ name: 'iso', id: count++, endpoint: address, status: 'ok', length: data.length, data }))),
      ready: this.#ready,
    });
    this.#started.set(address, { interface: endpoint.interface, stream });
    stream.start();
  }

  stop({ id, endpoint }: PacketOf<'stopIso'>): void {
    this.#end(endpoint);
    this.#send({ name: 'isoStatus', id, status: 'ok', endpoint });
  }

  /** Ends all streams, or those of one interface, without a word; gives their endpoints. */
  stopAll(interfaceNumber?: number): readonly number[] {
    const ended = [...this.#started].filter(([, started]) => interfaceNumber === undefined || started.interface === interfaceNumber).map(([address]) => address);
    for (const address of ended) this.#end(address);
    return ended;
  }

  #end(address: number): void {
    this.#started.get(address)?.stream.stop();
    this.#started.delete(address);
  }
}
