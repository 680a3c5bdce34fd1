import { sizes, type UsbipDevice } from './messages.ts';

const pathBytes = 256;

/** The record of a device, 312 bytes, without its interfaces. @throws RangeError if a value does not fit. */
export function encodeDevice(device: UsbipDevice): Buffer {
  const record = Buffer.alloc(sizes.device);
  record.write(device.path.slice(0, pathBytes - 1), 0, 'latin1');
  record.write(device.busId.slice(0, sizes.busId - 1), pathBytes, 'latin1');
  let at = pathBytes + sizes.busId;
  for (const value of [device.bus, device.device, device.speed]) at = record.writeUInt32BE(value, at);
  for (const value of [device.vendorId, device.productId, device.deviceVersion]) at = record.writeUInt16BE(value, at);
  for (const value of [...device.class, device.configurationValue, device.configurations, device.interfaces.length]) at = record.writeUInt8(value, at);
  return record;
}

/** Class, subclass, protocol and a zero byte for each interface; they follow the record in a list of devices. */
export function encodeInterfaces(device: UsbipDevice): Buffer {
  return Buffer.from(device.interfaces.flatMap((triple) => [...triple, 0]));
}

/** Reads a record; its interfaces, `count` of them, are still to come. */
export function decodeDevice(record: Buffer): { readonly device: Omit<UsbipDevice, 'interfaces'>; readonly count: number } {
  const word = (index: number): number => record.readUInt32BE(pathBytes + sizes.busId + 4 * index);
  const half = (index: number): number => record.readUInt16BE(300 + 2 * index);
  const byte = (index: number): number => record.readUInt8(306 + index);
  return {
    device: {
      path: textOf(record.subarray(0, pathBytes)),
      busId: textOf(record.subarray(pathBytes, pathBytes + sizes.busId)),
      bus: word(0),
      device: word(1),
      speed: word(2),
      vendorId: half(0),
      productId: half(1),
      deviceVersion: half(2),
      class: [byte(0), byte(1), byte(2)],
      configurationValue: byte(3),
      configurations: byte(4),
    },
    count: byte(5),
  };
}

export function decodeInterfaces(bytes: Buffer): UsbipDevice['interfaces'] {
  return Array.from({ length: bytes.length / sizes.interface }, (_, index) => [bytes[index * 4] ?? 0, bytes[index * 4 + 1] ?? 0, bytes[index * 4 + 2] ?? 0]);
}

/** Text up to its first NUL. */
export function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}
