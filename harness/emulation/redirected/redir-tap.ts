import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { endpointIndex, type PacketOf, type RedirPacket } from '../../wire/usbredir/packet.ts';

type Transfer = PacketOf<'control'> | PacketOf<'bulk'> | PacketOf<'interrupt'>;
type Written = Omit<CassetteEvent, 't'>;

interface Slot {
  event: CassetteEvent | undefined;
  done: boolean;
}

/** Events behind one transfer that the device takes no end with; then it is written as it is. */
const mostHeld = 20_000;
/** Bytes behind such a transfer. */
const mostHeldBytes = 64 * 1024 * 1024;
/** Bytes of a report that never ends. */
const longestReport = 65_536;

/**
 * Makes the events of a cassette of the packets between a guest and a redirected device. What the driver sends stands where it was sent and what the device
 * says where it came, so that an answer stands after what it answers to, even when the transfer's end is told later. It has no clock and no socket.
 */
export class RedirTap {
  readonly #append: (event: CassetteEvent) => void;
  readonly #now: () => number;
  /** Bytes of HID reports by `address:id`. */
  readonly #reports: ReadonlyMap<string, number>;
  readonly #slots: Slot[] = [];
  #heldBytes = 0;
  /** Reports whose end has not come, by endpoint. */
  readonly #fragments = new Map<number, { readonly parts: Uint8Array[]; length: number }>();
  readonly #polled = new Set<number>();
  #endpoints: PacketOf<'epInfo'> | undefined;

  constructor(append: (event: CassetteEvent) => void, reports: ReadonlyMap<string, number>, now: () => number) {
    this.#append = append;
    this.#reports = reports;
    this.#now = now;
  }

  /** What happened beside the cable, or on it without an answer. */
  event(event: Written): void {
    this.#hold({ event: { t: this.#now(), ...event }, done: true });
    this.#flush();
  }

  /** The guest sends a packet; what is returned gets the answer, where the packet is one that is written down. */
  asked(packet: RedirPacket): ((answer: RedirPacket) => void) | undefined {
    switch (packet.name) {
      case 'control':
      case 'bulk':
      case 'interrupt':
        return this.#transfer(packet);
      case 'setConfiguration':
        return this.#told({ from: 'host', kind: 'configuration', status: 'ok', meaning: `SET_CONFIGURATION ${packet.configuration}` });
      case 'setAlternate':
        return this.#told({ from: 'host', kind: 'alternate', status: 'ok', meaning: `SET_INTERFACE ${packet.interface} alternate ${packet.alternate}` });
      case 'startInterrupt':
        this.#polled.add(packet.endpoint);
        return undefined;
      case 'stopInterrupt':
        this.#polled.delete(packet.endpoint);
        this.#fragments.delete(packet.endpoint);
        return undefined;
      case 'reset':
        this.event({ from: 'host', kind: 'reset' });
        return undefined;
      default:
        return undefined;
    }
  }

  /** A packet that the device sent by itself. */
  unasked(packet: RedirPacket): void {
    if (packet.name === 'epInfo') this.#endpoints = packet;
    else if (packet.name === 'interrupt' && this.#polled.has(packet.endpoint)) this.#report(packet);
  }

  /** The guest is gone: nothing that is open gets an answer. */
  end(): void {
    for (const slot of this.#slots) slot.done = true;
    this.#polled.clear();
    this.#fragments.clear();
    this.#flush();
  }

  #transfer(packet: Transfer): (answer: RedirPacket) => void {
    const setup = packet.name === 'control' ? { requestType: packet.requestType, request: packet.request, value: packet.value, index: packet.index, length: packet.length } : undefined;
    const isIn = setup ? (setup.requestType & 0x80) !== 0 : (packet.endpoint & 0x80) !== 0;
    const base = { kind: packet.name, endpoint: setup ? setup.requestType & 0x80 : packet.endpoint, ...(setup ? { setup } : {}) } as const;
    if (isIn) {
      return (answer) => {
        if (!('status' in answer) || !('data' in answer)) return;
        // What was cancelled before a byte moved is the driver's affair; the device said nothing.
        if (answer.status === 'cancelled' && answer.data.length === 0) return;
        this.event({ from: setup ? 'host' : 'device', ...base, status: answer.status, ...moved(answer.data) });
      };
    }
    const slot: Slot = { event: { t: this.#now(), from: 'host', ...base, status: 'ok', ...moved(packet.data) }, done: false };
    this.#hold(slot);
    this.#flush();
    return (answer) => {
      if (slot.event && 'status' in answer) slot.event = { ...slot.event, status: answer.status };
      slot.done = true;
      this.#flush();
    };
  }

  #told(event: Written): (answer: RedirPacket) => void {
    const slot: Slot = { event: { t: this.#now(), ...event }, done: false };
    this.#hold(slot);
    return (answer) => {
      if (slot.event && 'status' in answer) slot.event = { ...slot.event, status: answer.status };
      slot.done = true;
      this.#flush();
    };
  }

  /** A report comes in packets; it ends with a short one, or when it is as long as its descriptor says: real devices send nothing behind a full last one. */
  #report({ endpoint, data, status }: PacketOf<'interrupt'>): void {
    const report = this.#fragments.get(endpoint) ?? { parts: [], length: 0 };
    if (data.length === 0 && report.length === 0 && status === 'ok') return;
    report.parts.push(Uint8Array.from(data));
    report.length += data.length;
    // A packet without bytes is a short one, whatever the device says of the endpoint.
    const size = this.#endpoints?.maxPacketSizes?.[endpointIndex(endpoint)] || 1;
    const length = this.#reports.get(`${endpoint}:0`) ?? this.#reports.get(`${endpoint}:${report.parts[0]?.[0] ?? 0}`) ?? Infinity;
    if (status === 'ok' && data.length >= size && report.length < length && report.length < longestReport) {
      this.#fragments.set(endpoint, report);
      return;
    }
    this.#fragments.delete(endpoint);
    this.event({ from: 'device', kind: 'interrupt', endpoint, status, ...moved(Buffer.concat(report.parts)) });
  }

  #hold(slot: Slot): void {
    this.#slots.push(slot);
    this.#heldBytes += slot.event?.data?.length ?? 0;
  }

  #flush(): void {
    let first = this.#slots[0];
    while (first && (first.done || this.#slots.length > mostHeld || this.#heldBytes > mostHeldBytes)) {
      this.#slots.shift();
      this.#heldBytes -= first.event?.data?.length ?? 0;
      if (first.event) this.#append(first.event);
      // How it ends is not waited for any more.
      first.event = undefined;
      first = this.#slots[0];
    }
  }
}

function moved(data: Uint8Array): { data?: Uint8Array } {
  return data.length > 0 ? { data: Uint8Array.from(data) } : {};
}
