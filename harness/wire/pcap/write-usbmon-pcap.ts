import type { CassetteEvent } from '../cassette/cassette.ts';

/** LINKTYPE_USB_LINUX_MMAPPED: usbmon's header of 64 bytes before each event (pcap-linktype(7)). */
const linkType = 220;
const headerBytes = 64;
const most = 2 ** 18;

/** Error numbers of Linux for what a transfer can end with. */
const statusNumbers: Readonly<Record<string, number>> = { ok: 0, stall: -32, cancelled: -2, invalid: -22, 'io-error': -71, timeout: -110, babble: -75 };
const transferNumbers: Readonly<Record<string, number>> = { interrupt: 1, control: 2, bulk: 3 };

/**
 * The transfers of a cassette as a classic pcap file that Wireshark and tcpdump open: for each a submission and a completion, the submission
 * at the time of the one before it at the earliest. What is not a transfer (plug, calls of the suite) has no place in such a file.
 * @param start milliseconds since 1970 of the cassette's beginning
 */
export function writeUsbmonPcap(events: Iterable<CassetteEvent>, start: number): Uint8Array {
  const parts: Buffer[] = [fileHeader()];
  let id = 0n;
  for (const event of events) {
    if (event.kind !== 'control' && event.kind !== 'bulk' && event.kind !== 'interrupt') continue;
    id += 1n;
    parts.push(packet('S', id, event, start), packet('C', id, event, start));
  }
  return Buffer.concat(parts);
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(most, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

function packet(type: 'S' | 'C', id: bigint, event: CassetteEvent, start: number): Buffer {
  const { data = new Uint8Array(0), setup, kind, status = 'ok' } = event;
  const isIn = setup ? (setup.requestType & 0x80) !== 0 : ((event.endpoint ?? 0) & 0x80) !== 0;
  const carries = (type === 'S') !== isIn;
  const kept = carries ? data.subarray(0, most - headerBytes) : new Uint8Array(0);
  const micros = BigInt(Math.round((start + event.t) * 1000));
  const header = Buffer.alloc(16 + headerBytes);
  header.writeUInt32LE(Number(micros / 1_000_000n), 0);
  header.writeUInt32LE(Number(micros % 1_000_000n), 4);
  header.writeUInt32LE(headerBytes + kept.length, 8);
  header.writeUInt32LE(headerBytes + (carries ? data.length : 0), 12);
  const at = 16;
  header.writeBigUInt64LE(id, at);
  header.writeUInt8(type.charCodeAt(0), at + 8);
  header.writeUInt8(transferNumbers[kind] ?? 3, at + 9);
  header.writeUInt8(setup ? (isIn ? 0x80 : 0) : (event.endpoint ?? 0), at + 10);
  header.writeUInt8(1, at + 11);
  header.writeUInt16LE(1, at + 12);
  header.writeUInt8(type === 'S' && setup ? 0 : 0x2d, at + 14);
  header.writeUInt8(kept.length > 0 ? 0 : isIn ? 0x3c : 0x3e, at + 15);
  header.writeBigInt64LE(micros / 1_000_000n, at + 16);
  header.writeInt32LE(Number(micros % 1_000_000n), at + 24);
  header.writeInt32LE(type === 'S' ? -115 : (statusNumbers[status] ?? -71), at + 28);
  header.writeUInt32LE(type === 'S' && setup ? setup.length : data.length, at + 32);
  header.writeUInt32LE(kept.length, at + 36);
  if (type === 'S' && setup) {
    header.writeUInt8(setup.requestType, at + 40);
    header.writeUInt8(setup.request, at + 41);
    header.writeUInt16LE(setup.value, at + 42);
    header.writeUInt16LE(setup.index, at + 44);
    header.writeUInt16LE(setup.length, at + 46);
  }
  return Buffer.concat([header, kept]);
}
