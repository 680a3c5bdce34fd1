import type { HwlabError } from '../../base/hwlab-error.ts';
import { capability, has, type CapabilitySet } from './capabilities.ts';
import { activeFields, readFields, sizeOf, writeFields, type FieldValues } from './fields.ts';
import { layouts, type FieldLayout, type PacketLayout, type PacketName } from './layouts.ts';
import { malformed } from './malformed.ts';
import type { RedirPacket } from './packet.ts';

/** Most bytes of one packet after its header; the protocol itself allows 128 MiB. */
export const defaultPacketLimit = 16 * 1024 * 1024;

export interface RedirCodecOptions {
  /** Which side this codec is: `host` has the device, `guest` is QEMU's side. */
  readonly role: 'host' | 'guest';
  readonly capabilities: CapabilitySet;
  /** Version text of the hello, at most 63 characters. */
  readonly version: string;
  readonly packetLimit?: number;
}

/** A packet's layout with the fields and sizes that hold on this connection. */
interface ActiveLayout {
  readonly name: PacketName;
  readonly layout: PacketLayout;
  readonly fields: readonly FieldLayout[];
  readonly size: number;
}

/** A header that was read and whose body is still to come. */
interface PacketHeader {
  readonly active: ActiveLayout;
  readonly length: number;
  readonly id: bigint;
  /** Where the packet began. */
  readonly offset: number;
}

/**
 * Both directions of one usbredir connection, without input or output of its own: bytes in, packets out, packets in, bytes out.
 * The hello has the 12-byte header; once the peer's hello is known headers have 16 bytes if both sides can do 64-bit ids
 * (usb-redirection-protocol 0.7; DEVICES.md 1.1-1.3).
 */
export class RedirCodec {
  readonly #options: RedirCodecOptions;
  readonly #peer: 'host' | 'guest';
  readonly #limit: number;
  /** A header or a body that came in pieces, with how much of it is there. */
  #partial: Buffer | undefined;
  #filled = 0;
  /** Bytes of the connection before the ones being read. */
  #offset = 0;
  #header: PacketHeader | undefined;
  #common: CapabilitySet | undefined;
  #idBytes: 4 | 8 = 4;
  #byType = activate(0);
  #broken: HwlabError | undefined;

  constructor(options: RedirCodecOptions) {
    this.#options = options;
    this.#peer = options.role === 'host' ? 'guest' : 'host';
    this.#limit = options.packetLimit ?? defaultPacketLimit;
  }

  /** The capabilities of both sides; undefined until the peer's hello has been read. */
  get common(): CapabilitySet | undefined {
    return this.#common;
  }

  /** This side's hello. */
  hello(): Buffer {
    const words = Buffer.alloc(4);
    words.writeUInt32LE(this.#options.capabilities);
    const hello = this.#byType.get(0);
    if (!hello) throw new RangeError('no layout for hello');
    return this.#write(hello, { version: this.#options.version }, 0n, words, 4);
  }

  /** Bytes of a packet. Data of bulk packets is copied once. @throws RangeError if a value does not fit its field or it is too early for it. */
  encode(packet: RedirPacket): Buffer {
    if (packet.name === 'hello') return this.hello();
    if (this.#common === undefined) throw new RangeError(`${packet.name} before the peer's hello`);
    const active = this.#byType.get(layouts[packet.name].type);
    if (!active) throw new RangeError(`no layout for ${packet.name}`);
    return this.#write(active, packet as unknown as FieldValues, packet.id, 'data' in packet ? packet.data : undefined, this.#idBytes);
  }

  /**
   * Takes bytes as they come and calls `onPacket` for each packet that is whole. Data of a packet is a view of `bytes` where
   * that is possible, so `bytes` must not be written to afterwards.
   * @throws HwlabError `usbredir-malformed` with the offset; from then on always the same.
   */
  feed(bytes: Uint8Array, onPacket: (packet: RedirPacket) => void): void {
    if (this.#broken) throw this.#broken;
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (;;) {
      const wanted = this.#header ? this.#header.length : 8 + this.#idBytes;
      const missing = wanted - this.#filled;
      const whole = this.#gather(rest, wanted);
      if (!whole) return;
      rest = rest.subarray(missing);
      this.#offset += wanted;
      if (!this.#header) {
        this.#header = this.#readHeader(whole, this.#offset - wanted);
      } else {
        const header = this.#header;
        this.#header = undefined;
        onPacket(this.#readBody(header, whole));
      }
    }
  }

  /** The next `wanted` bytes, some of which may have come before: a view of `rest` if all lie in it, undefined if more must come. */
  #gather(rest: Buffer, wanted: number): Buffer | undefined {
    if (!this.#partial) {
      if (rest.length >= wanted) return rest.subarray(0, wanted);
      if (rest.length === 0) return undefined;
      this.#partial = Buffer.allocUnsafe(wanted);
    }
    this.#filled += rest.copy(this.#partial, this.#filled, 0, wanted - this.#filled);
    if (this.#filled < wanted) return undefined;
    const whole = this.#partial;
    this.#partial = undefined;
    this.#filled = 0;
    return whole;
  }

  #readHeader(header: Buffer, offset: number): PacketHeader {
    const type = header.readUInt32LE(0);
    const length = header.readUInt32LE(4);
    const active = this.#byType.get(type);
    if (!active) throw this.#fail(offset, `unknown packet type ${type}`);
    if (active.layout.from !== 'both' && active.layout.from !== this.#peer) throw this.#fail(offset, `${active.name} in the wrong direction`);
    if (this.#common === undefined && active.name !== 'hello') throw this.#fail(offset, `${active.name} before the hello`);
    if (this.#common !== undefined && active.name === 'hello') throw this.#fail(offset, 'a second hello');
    if (length > this.#limit) throw this.#fail(offset + 4, `${active.name} of ${length} bytes, more than the limit of ${this.#limit}`);
    const exact = active.layout.data === 'none';
    if (length < active.size || (exact && length !== active.size)) {
      throw this.#fail(offset + 4, `${active.name} of ${length} bytes, expected ${exact ? '' : 'at least '}${active.size}`);
    }
    return { active, length, id: this.#idBytes === 8 ? header.readBigUInt64LE(8) : BigInt(header.readUInt32LE(8)), offset };
  }

  #readBody({ active, id, offset }: PacketHeader, body: Buffer): RedirPacket {
    const packet: FieldValues = { name: active.name, id };
    readFields(active.fields, body, packet);
    const data = body.subarray(active.size);
    this.#checkData(active, packet, data.length, offset);
    if (active.layout.data !== 'none') packet['data'] = data;
    if (active.name === 'hello') this.#agree(data, offset);
    return packet as unknown as RedirPacket;
  }

  #checkData(active: ActiveLayout, packet: FieldValues, length: number, offset: number): void {
    if (active.layout.data !== 'transfer') return;
    const towardsGuest = (Number(packet['endpoint']) & 0x80) !== 0;
    const carries = towardsGuest === (this.#peer === 'host');
    const expected = carries ? Number(packet['length']) : 0;
    if (length !== expected) throw this.#fail(offset, `${active.name} with ${length} bytes of data, expected ${expected}`);
  }

  #agree(words: Buffer, offset: number): void {
    if (words.length % 4 !== 0) throw this.#fail(offset, `hello with ${words.length} bytes of capabilities, not whole words`);
    this.#common = (words.length === 0 ? 0 : words.readUInt32LE(0)) & this.#options.capabilities;
    this.#idBytes = has(this.#common, capability.ids64) ? 8 : 4;
    this.#byType = activate(this.#common);
  }

  #write(active: ActiveLayout, values: FieldValues, id: bigint, data: Uint8Array | undefined, idBytes: 4 | 8): Buffer {
    const headerSize = 8 + idBytes;
    const dataLength = data?.length ?? 0;
    const packet = Buffer.allocUnsafe(headerSize + active.size + dataLength);
    packet.fill(0, 0, headerSize + active.size);
    packet.writeUInt32LE(active.layout.type, 0);
    packet.writeUInt32LE(active.size + dataLength, 4);
    if (idBytes === 8) packet.writeBigUInt64LE(id, 8);
    else packet.writeUInt32LE(Number(id), 8);
    writeFields(active.fields, values, packet, headerSize);
    if (data) packet.set(data, headerSize + active.size);
    return packet;
  }

  #fail(offset: number, what: string): HwlabError {
    this.#broken = malformed(offset, what);
    this.#partial = undefined;
    return this.#broken;
  }
}

function activate(common: CapabilitySet): ReadonlyMap<number, ActiveLayout> {
  return new Map(
    Object.entries(layouts).map(([name, layout]: [string, PacketLayout]) => {
      const fields = activeFields(layout.fields, common);
      return [layout.type, { name: name as PacketName, layout, fields, size: sizeOf(fields) }];
    }),
  );
}
