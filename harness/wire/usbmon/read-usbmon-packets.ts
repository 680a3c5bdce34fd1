import { captureError } from '../capture/capture-error.ts';
import { readPcap, type CapturedPacket } from '../pcap/read-pcap.ts';
import { setupOf, type UsbEvent } from './usb-event.ts';

const transfers = ['isochronous', 'interrupt', 'control', 'bulk'] as const;
const types: Readonly<Record<number, UsbEvent['type']>> = { 0x53: 'submitted', 0x43: 'completed', 0x45: 'failed' };

/** LINKTYPE_USB_LINUX (usbmon's header of 48 bytes), LINKTYPE_USB_LINUX_MMAPPED (64 bytes), LINKTYPE_USBPCAP (Windows). */
const headerBytes: Readonly<Record<number, number>> = { 189: 48, 220: 64, 249: 27 };

/**
 * The USB transfers of a capture file.
 * @throws HwlabError usage `capture-...` with the byte; `capture-not-usb` when no packet is of a USB link type
 */
export function* readUsbPackets(bytes: Uint8Array): Generator<UsbEvent, void, void> {
  let events = 0;
  let other: CapturedPacket | undefined;
  for (const packet of readPcap(bytes)) {
    const header = headerBytes[packet.linkType];
    if (header === undefined) {
      other ??= packet;
      continue;
    }
    if (packet.data.length < header) throw captureError('capture-cut-off', `a USB packet has a header of ${header} bytes, ${packet.data.length} are there`, { offset: packet.offset });
    events++;
    const event = packet.linkType === 249 ? usbPcapEvent(packet) : usbmonEvent(packet, header);
    if (event) yield event;
  }
  if (events === 0) {
    throw captureError('capture-not-usb', other ? `the capture is of link type ${other.linkType}, which is not USB` : 'the capture has no packet', { offset: other?.offset ?? bytes.length }, 'capture usbmonN (link type 189 or 220), or USBPcap');
  }
}

/** The header is in the byte order of the capturing machine (pcap-linktype(7)). */
function usbmonEvent({ data, offset, littleEndian }: CapturedPacket, header: number): UsbEvent {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const type = types[view.getUint8(8)];
  const transfer = transfers[view.getUint8(9)];
  if (!type || !transfer) throw captureError('capture-contradicts', `an event of type 0x${view.getUint8(8).toString(16)} and transfer ${view.getUint8(9)}`, { offset: offset + 8 });
  const descriptors = header === 64 && transfer === 'isochronous' ? view.getUint32(60, littleEndian) : 0;
  const start = Math.min(data.length, header + Math.min(descriptors, 4096) * 16);
  const captured = view.getUint32(36, littleEndian);
  return {
    place: { offset },
    id: view.getBigUint64(0, littleEndian).toString(16),
    type,
    transfer,
    endpoint: view.getUint8(10),
    device: view.getUint8(11),
    bus: view.getUint16(12, littleEndian),
    setup: transfer === 'control' && type === 'submitted' && view.getUint8(14) === 0 ? setupOf(data.subarray(40, 48)) : undefined,
    time: Number(view.getBigInt64(16, littleEndian)) * 1e6 + view.getInt32(24, littleEndian),
    status: view.getInt32(28, littleEndian),
    length: view.getUint32(32, littleEndian),
    data: data.subarray(start, Math.min(data.length, start + captured)),
  };
}

/** USBPcap's header (desowin.org/usbpcap): always little endian; the setup packet is data of the first stage. */
function usbPcapEvent({ data, offset, time }: CapturedPacket): UsbEvent | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const header = view.getUint16(0, true);
  const transfer = transfers[view.getUint8(22)];
  if (!transfer) return undefined;
  if (header < 27 || header > data.length) throw captureError('capture-contradicts', `a USBPcap header of ${header} bytes in a packet of ${data.length}`, { offset });
  const completed = (view.getUint8(16) & 1) === 1;
  const rest = data.subarray(header);
  const setup = transfer === 'control' && !completed && rest.length >= 8 ? setupOf(rest) : undefined;
  return {
    place: { offset },
    id: view.getBigUint64(2, true).toString(16),
    type: completed ? 'completed' : 'submitted',
    transfer,
    endpoint: view.getUint8(21),
    bus: view.getUint16(17, true),
    device: view.getUint16(19, true),
    setup,
    time,
    status: view.getUint32(10, true) === 0 ? 0 : -1,
    length: setup ? Math.max(0, view.getUint32(23, true) - 8) : view.getUint32(23, true),
    data: setup ? rest.subarray(8) : rest,
  };
}
