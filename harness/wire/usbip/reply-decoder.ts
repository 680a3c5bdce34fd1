import { decodeDevice, decodeInterfaces } from './device-record.ts';
import { Gatherer } from './gather.ts';
import { malformed } from './malformed.ts';
import { operationCodes, operationStatus, sizes, transferCommands, usbipVersion, type SubmitReply, type UsbipDevice, type UsbipReply } from './messages.ts';

const mostDevices = 256;
const mostBytes = 16 * 1024 * 1024;

type Stage =
  | { readonly name: 'operation' | 'count' | 'imported' | 'transfer' }
  | { readonly name: 'record'; readonly left: number }
  | { readonly name: 'interfaces'; readonly left: number; readonly device: Omit<UsbipDevice, 'interfaces'>; readonly count: number }
  | { readonly name: 'data'; readonly head: Omit<SubmitReply, 'data'>; readonly bytes: number };

/** What a server says, from bytes in whatever pieces: the client's half, for tests and tools. Pure. */
export class ReplyDecoder {
  readonly #gather = new Gatherer();
  readonly #isIn: (sequence: number) => boolean | undefined;
  #stage: Stage = { name: 'operation' };
  #devices: UsbipDevice[] = [];

  /** `isIn` tells the direction of a transfer that this client submitted, undefined for one that it did not: the reply does not say it. */
  constructor(isIn: (sequence: number) => boolean | undefined) {
    this.#isIn = isIn;
  }

  /** @throws HwlabError `usbip-malformed` with the offset */
  feed(bytes: Uint8Array, onReply: (reply: UsbipReply) => void): void {
    this.#gather.add(bytes);
    for (;;) {
      const at = this.#gather.offset;
      const part = this.#gather.take(this.#wanted());
      if (!part) return;
      const reply = this.#read(part, at);
      if (reply) onReply(reply);
    }
  }

  #wanted(): number {
    const stage = this.#stage;
    switch (stage.name) {
      case 'operation':
        return sizes.operation;
      case 'count':
        return 4;
      case 'record':
      case 'imported':
        return sizes.device;
      case 'interfaces':
        return stage.count * sizes.interface;
      case 'transfer':
        return sizes.transfer;
      case 'data':
        return stage.bytes + stage.head.packets * sizes.isoPacket;
    }
  }

  #read(part: Buffer, at: number): UsbipReply | undefined {
    const stage = this.#stage;
    switch (stage.name) {
      case 'operation':
        return this.#readOperation(part, at);
      case 'count': {
        const count = part.readUInt32BE(0);
        if (count > mostDevices) throw malformed(at, `a list of ${count} devices`);
        return this.#nextRecord(count);
      }
      case 'record': {
        const { device, count } = decodeDevice(part);
        this.#stage = { name: 'interfaces', left: stage.left, device, count };
        return undefined;
      }
      case 'interfaces':
        this.#devices.push({ ...stage.device, interfaces: decodeInterfaces(part) });
        return this.#nextRecord(stage.left - 1);
      case 'imported':
        this.#stage = { name: 'transfer' };
        return { name: 'imported', status: operationStatus.ok, device: { ...decodeDevice(part).device, interfaces: [] } };
      case 'transfer':
        return this.#readTransfer(part, at);
      case 'data':
        this.#stage = { name: 'transfer' };
        return { ...stage.head, data: part.subarray(0, stage.bytes) };
    }
  }

  #nextRecord(left: number): UsbipReply | undefined {
    if (left > 0) {
      this.#stage = { name: 'record', left };
      return undefined;
    }
    this.#stage = { name: 'operation' };
    return { name: 'devices', devices: this.#devices.splice(0) };
  }

  #readOperation(part: Buffer, at: number): UsbipReply | undefined {
    if (part.readUInt16BE(0) !== usbipVersion) throw malformed(at, 'another version');
    const status = part.readUInt32BE(4);
    switch (part.readUInt16BE(2)) {
      case operationCodes.replyDevices:
        this.#stage = { name: 'count' };
        return undefined;
      case operationCodes.replyImport:
        if (status !== operationStatus.ok) return { name: 'imported', status };
        this.#stage = { name: 'imported' };
        return undefined;
      default:
        throw malformed(at + 2, 'an unknown operation');
    }
  }

  #readTransfer(part: Buffer, at: number): UsbipReply | undefined {
    const word = (index: number): number => part.readUInt32BE(4 * index);
    const sequence = word(1);
    if (word(0) === transferCommands.unlinked) return { name: 'unlinked', sequence, status: part.readInt32BE(20) };
    if (word(0) !== transferCommands.submitted) throw malformed(at, `unknown command ${word(0)}`);
    const isIn = this.#isIn(sequence);
    // What the kernel's client does with it is to drop the whole device ("cannot find a urb of seqnum").
    if (isIn === undefined) throw malformed(at + 4, `an answer to transfer ${sequence}, which nobody waits for`);
    const head = { name: 'submitted' as const, sequence, status: part.readInt32BE(20), length: word(6), packets: word(8) };
    const bytes = isIn ? head.length : 0;
    if (bytes > mostBytes || head.packets > 1024) throw malformed(at + 24, `${bytes} bytes in ${head.packets} packets`);
    if (bytes + head.packets === 0) return { ...head, data: part.subarray(0, 0) };
    this.#stage = { name: 'data', head, bytes };
    return undefined;
  }
}
