import { captureError } from '../capture/capture-error.ts';

/** One packet of a capture file. */
export interface CapturedPacket {
  /** Of its data in the file. */
  readonly offset: number;
  /** LINKTYPE_... number. */
  readonly linkType: number;
  /** Byte order of the machine that captured, which link types with a header in host order need. */
  readonly littleEndian: boolean;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly data: Uint8Array;
  /** Bytes that the packet had; more than `data` has when the capture was limited. */
  readonly length: number;
}

const mostPackets = 2_000_000;
const mostInterfaces = 256;
const mostPacketBytes = 16 * 1024 * 1024;

/** Is this a capture file, by its first four bytes? */
export function isPcap(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  return ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a'].includes(magic);
}

/**
 * The packets of a classic pcap file (pcap-savefile(5)) or a pcapng file (draft-ietf-opsawg-pcapng), of either byte order.
 * @throws HwlabError usage `capture-...` with the byte
 */
export function* readPcap(bytes: Uint8Array): Generator<CapturedPacket, void, void> {
  let packets = 0;
  for (const packet of Buffer.from(bytes.subarray(0, 4)).toString('hex') === '0a0d0d0a' ? blocks(bytes) : records(bytes)) {
    if (++packets > mostPackets) throw captureError('capture-too-big', `more than ${mostPackets} packets`, { offset: packet.offset });
    yield packet;
  }
}

function* records(bytes: Uint8Array): Generator<CapturedPacket, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 24) throw captureError('capture-cut-off', `a pcap file has a header of 24 bytes, ${bytes.length} are there`, { offset: bytes.length });
  const littleEndian = view.getUint8(3) === 0xa1;
  const nanoseconds = (view.getUint32(0, littleEndian) & 0xff) === 0x4d;
  const linkType = view.getUint32(20, littleEndian) & 0xffff;
  for (let at = 24; at < bytes.length; ) {
    if (at + 16 > bytes.length) throw cutOff(at, 16, bytes.length - at);
    const length = view.getUint32(at + 8, littleEndian);
    if (length > mostPacketBytes) throw captureError('capture-contradicts', `a packet of ${length} bytes`, { offset: at + 8 });
    if (at + 16 + length > bytes.length) throw cutOff(at + 16, length, bytes.length - at - 16);
    const fraction = view.getUint32(at + 4, littleEndian);
    const time = view.getUint32(at, littleEndian) * 1e6 + (nanoseconds ? Math.floor(fraction / 1000) : fraction);
    yield { offset: at + 16, linkType, littleEndian, time, data: bytes.subarray(at + 16, at + 16 + length), length: view.getUint32(at + 12, littleEndian) };
    at += 16 + length;
  }
}

interface PcapngInterface {
  readonly linkType: number;
  /** Units of the time stamps in a second. */
  readonly perSecond: number;
}

function* blocks(bytes: Uint8Array): Generator<CapturedPacket, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let littleEndian = true;
  let interfaces: PcapngInterface[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 12 > bytes.length) throw cutOff(at, 12, bytes.length - at);
    const type = view.getUint32(at, littleEndian);
    if (type === 0x0a0d0d0a) {
      littleEndian = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      if (!littleEndian && view.getUint32(at + 8, false) !== 0x1a2b3c4d) throw captureError('capture-contradicts', 'a section without the byte-order magic 1a2b3c4d', { offset: at + 8 });
      interfaces = [];
    }
    const length = view.getUint32(at + 4, littleEndian);
    if (length < 12 || length % 4 !== 0 || length > mostPacketBytes) throw captureError('capture-contradicts', `a block of ${length} bytes`, { offset: at + 4 });
    if (at + length > bytes.length) throw cutOff(at, length, bytes.length - at);
    const body = at + 8;
    const end = at + length - 4;
    if (type === 1) {
      if (interfaces.length >= mostInterfaces) throw captureError('capture-too-big', `more than ${mostInterfaces} interfaces`, { offset: at });
      interfaces.push(interfaceAt(view, body, end, littleEndian));
    }
    if (type === 6 || type === 2) {
      if (body + 20 > end) throw captureError('capture-contradicts', `a packet block of ${length} bytes`, { offset: at });
      const each = interfaces[type === 6 ? view.getUint32(body, littleEndian) : view.getUint16(body, littleEndian)];
      if (!each) throw captureError('capture-contradicts', 'a packet of an interface that is not described', { offset: body });
      const captured = view.getUint32(body + 12, littleEndian);
      if (body + 20 + captured > end) throw captureError('capture-contradicts', `a packet of ${captured} bytes in a block of ${length}`, { offset: body + 12 });
      const stamp = view.getUint32(body + 4, littleEndian) * 2 ** 32 + view.getUint32(body + 8, littleEndian);
      yield { offset: body + 20, linkType: each.linkType, littleEndian, time: Math.floor((stamp / each.perSecond) * 1e6), data: bytes.subarray(body + 20, body + 20 + captured), length: view.getUint32(body + 16, littleEndian) };
    }
    at += length;
  }
}

/** An interface description block; of its options only if_tsresol (9) matters here. */
function interfaceAt(view: DataView, body: number, end: number, littleEndian: boolean): PcapngInterface {
  if (body + 8 > end) throw captureError('capture-contradicts', 'an interface description that is too short', { offset: body });
  let perSecond = 1e6;
  for (let at = body + 8; at + 4 <= end; ) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === 0 || at + 4 + length > end) break;
    if (code === 9 && length === 1) {
      const resolution = view.getUint8(at + 4);
      perSecond = (resolution & 0x80) === 0 ? 10 ** resolution : 2 ** (resolution & 0x7f);
    }
    at += 4 + ((length + 3) & ~3);
  }
  return { linkType: view.getUint16(body, littleEndian), perSecond };
}

function cutOff(offset: number, wanted: number, there: number): Error {
  return captureError('capture-cut-off', `${wanted} bytes are announced, ${there} are left in the file`, { offset }, 'take the capture again, and end it before it is copied');
}
