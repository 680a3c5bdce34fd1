/** Builds captures of an enumeration, as usbmon gives them: binary of both header lengths and byte orders, in pcap and pcapng, and text. */
import { encodeDeviceId } from '../../../wire/ieee1284/device-id.ts';
import { buildDescriptors } from '../../descriptors.ts';
import { reportDescriptorsOf } from '../../hid-touch/behaviour.ts';
import type { EmulatedModel } from '../../usb-device.ts';

interface Transfer {
  readonly setup: Uint8Array | undefined;
  readonly endpoint: number;
  readonly data: Uint8Array;
}

export interface CaptureForm {
  readonly file: 'pcap' | 'pcapng';
  readonly linkType: 189 | 220;
  readonly littleEndian: boolean;
}

/** What the host asks of a device at the plug, and reports that come afterwards. */
export function enumeration(model: EmulatedModel, reports: readonly Uint8Array[] = []): readonly Transfer[] {
  const set = buildDescriptors(model.usb);
  const get = (requestType: number, value: number, index: number, data: Uint8Array): Transfer => ({ setup: Uint8Array.of(requestType, 6, value & 0xff, value >> 8, index & 0xff, index >> 8, data.length & 0xff, data.length >> 8), endpoint: 0x80, data });
  const transfers = [
    get(0x80, 0x0100, 0, set.device),
    get(0x80, 0x0200, 0, set.configuration.subarray(0, 9)),
    get(0x80, 0x0200, 0, set.configuration),
    ...set.strings.slice(1).map((bytes, index) => get(0x80, 0x0301 + index, 0x0409, bytes)),
  ];
  if (model.emulator === 'hid-touch') transfers.push(...[...reportDescriptorsOf(model)].map(([number, bytes]) => get(0x81, 0x2200, number, bytes)));
  const { deviceId } = model.behaviour;
  if (typeof deviceId === 'string') transfers.push({ setup: Uint8Array.of(0xa1, 0, 0, 0, 0, 0, 0, 4), endpoint: 0x80, data: encodeDeviceId(deviceId) });
  return [...transfers, ...reports.map((data) => ({ setup: undefined, endpoint: 0x81, data }))];
}

/** The capture file of the transfers, as bus 1, device 9. */
export function captureFile(transfers: readonly Transfer[], form: CaptureForm): Uint8Array {
  const packets = transfers.flatMap((transfer, index) => [event('S', transfer, index, form), event('C', transfer, index, form)]);
  return form.file === 'pcap' ? pcap(packets, form) : pcapng(packets, form);
}

function event(type: 'S' | 'C', { setup, endpoint, data }: Transfer, index: number, { linkType, littleEndian }: CaptureForm): Uint8Array {
  const header = linkType === 189 ? 48 : 64;
  const body = type === 'C' ? data : new Uint8Array();
  const bytes = new Uint8Array(header + body.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 0xffff_8800_0000_0000n + BigInt(index), littleEndian);
  view.setUint8(8, type.charCodeAt(0));
  view.setUint8(9, setup ? 2 : 1);
  view.setUint8(10, endpoint);
  view.setUint8(11, 9);
  view.setUint16(12, 1, littleEndian);
  view.setUint8(14, setup && type === 'S' ? 0 : 45);
  view.setBigInt64(16, 1_700_000_000n, littleEndian);
  view.setInt32(24, index * 8000, littleEndian);
  view.setUint32(32, data.length, littleEndian);
  view.setUint32(36, body.length, littleEndian);
  if (setup) bytes.set(setup, 40);
  bytes.set(body, header);
  return bytes;
}

function pcap(packets: readonly Uint8Array[], { linkType, littleEndian }: CaptureForm): Uint8Array {
  const words = (...values: readonly number[]): Uint8Array => numbers(values, 4, littleEndian);
  const head = Buffer.concat([words(0xa1b2c3d4), numbers([2, 4], 2, littleEndian), words(0, 0, 65_535, linkType)]);
  return Buffer.concat([head, ...packets.flatMap((packet) => [words(1_700_000_000, 0, packet.length, packet.length), packet])]);
}

function pcapng(packets: readonly Uint8Array[], { linkType, littleEndian }: CaptureForm): Uint8Array {
  const words = (...values: readonly number[]): Uint8Array => numbers(values, 4, littleEndian);
  const block = (type: number, body: Uint8Array): Uint8Array => {
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
    return Buffer.concat([words(type, padded.length + 12), padded, words(padded.length + 12)]);
  };
  const section = block(0x0a0d0d0a, Buffer.concat([words(0x1a2b3c4d), numbers([1, 0], 2, littleEndian), words(0xffff_ffff, 0xffff_ffff)]));
  const description = block(1, Buffer.concat([numbers([linkType, 0], 2, littleEndian), words(0)]));
  return Buffer.concat([section, description, ...packets.map((packet) => block(6, Buffer.concat([words(0, 0, 0, packet.length, packet.length), packet])))]);
}

function numbers(values: readonly number[], size: 2 | 4, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => (size === 2 ? view.setUint16(index * 2, value, littleEndian) : view.setUint32(index * 4, value, littleEndian)));
  return bytes;
}

/** The same as text of usbmon, which has at most 32 bytes of each transfer. */
export function usbmonText(transfers: readonly Transfer[]): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return transfers
    .flatMap(({ setup, endpoint, data }, index) => {
      const id = `ffff88${String(index).padStart(10, '0')}`;
      const words = hex(data.subarray(0, 32)).replace(/.{8}(?=.)/g, '$& ');
      if (!setup) return [`${id} ${1000 + index * 8} S Ii:1:009:1 -115:8 ${data.length} <`, `${id} ${1004 + index * 8} C Ii:1:009:1 0:8 ${data.length} = ${words}`];
      const view = new DataView(setup.buffer, setup.byteOffset, 8);
      const word = (at: number): string => view.getUint16(at, true).toString(16).padStart(4, '0');
      return [
        `${id} ${1000 + index * 8} S C${endpoint & 0x80 ? 'i' : 'o'}:1:009:0 s ${hex(setup.subarray(0, 1))} ${hex(setup.subarray(1, 2))} ${word(2)} ${word(4)} ${word(6)} ${data.length} <`,
        `${id} ${1004 + index * 8} C C${endpoint & 0x80 ? 'i' : 'o'}:1:009:0 0 ${data.length} = ${words}`,
      ];
    })
    .join('\n');
}
