import { captureError, type CapturePlace } from './capture-error.ts';
import { captureLimits, endpointTypes, type CapturedConfiguration, type CapturedDevice, type ClassTriple } from './captured-device.ts';
import { addAlternate, finishConfiguration, type GrowingAlternate, type GrowingConfiguration } from './grow-configuration.ts';

/** Gives the text of string descriptor `index`; undefined where the capture does not have it. */
export type StringLookup = (index: number) => string | undefined;

/** The fields of a device descriptor (USB 2.0, 9.6.1). */
export interface DeviceFields extends Pick<CapturedDevice, 'usbVersion' | 'class' | 'maxPacketSize0' | 'vendorId' | 'productId' | 'deviceVersion' | 'configurationCount'> {
  /** iManufacturer, iProduct, iSerialNumber. */
  readonly indexes: readonly [number, number, number];
}

/** @param offset of `bytes` in the file, for errors. @throws HwlabError usage `capture-cut-off` or `capture-contradicts` */
export function readDeviceDescriptor(bytes: Uint8Array, offset: number): DeviceFields {
  if (bytes.length < 18) throw captureError('capture-cut-off', `a device descriptor has 18 bytes, ${bytes.length} are there`, { offset: offset + bytes.length });
  const view = viewOf(bytes);
  if (view.getUint8(0) !== 18 || view.getUint8(1) !== 1) throw captureError('capture-contradicts', `this is no device descriptor: it begins ${hex(bytes.subarray(0, 2))}, not 12 01`, { offset });
  return {
    usbVersion: view.getUint16(2, true),
    class: [view.getUint8(4), view.getUint8(5), view.getUint8(6)],
    maxPacketSize0: view.getUint8(7),
    vendorId: view.getUint16(8, true),
    productId: view.getUint16(10, true),
    deviceVersion: view.getUint16(12, true),
    indexes: [view.getUint8(14), view.getUint8(15), view.getUint8(16)],
    configurationCount: view.getUint8(17),
  };
}

/**
 * Reads a configuration with all that belongs to it (USB 2.0, 9.6.3).
 * @param offset of `bytes` in the file, for errors
 * @throws HwlabError usage `capture-cut-off`, `capture-contradicts` or `capture-too-big`, with the byte and a pointer
 */
export function readConfiguration(bytes: Uint8Array, offset: number, text: StringLookup): CapturedConfiguration {
  if (bytes.length < 9) throw captureError('capture-cut-off', `a configuration descriptor has 9 bytes, ${bytes.length} are there`, { offset: offset + bytes.length, pointer: '/configuration' });
  const view = viewOf(bytes);
  if (view.getUint8(1) !== 2 || view.getUint8(0) < 9) throw captureError('capture-contradicts', `this is no configuration descriptor: it begins ${hex(bytes.subarray(0, 2))}, not 09 02`, { offset, pointer: '/configuration' });
  const total = view.getUint16(2, true);
  if (total > bytes.length) throw captureError('capture-cut-off', `the configuration says it has ${total} bytes, ${bytes.length} are there`, { offset: offset + bytes.length, pointer: '/configuration' });
  const growing: GrowingConfiguration = {
    place: { offset },
    value: view.getUint8(5),
    attributes: view.getUint8(7),
    maxPower: view.getUint8(8) * 2,
    interfaceCount: view.getUint8(4),
    associations: [],
    alternates: [],
  };
  for (let at = view.getUint8(0); at < total; ) {
    const length = view.getUint8(at);
    if (length < 2) throw captureError('capture-contradicts', `a descriptor of ${length} bytes`, { offset: offset + at, pointer: '/configuration' });
    if (at + length > total) throw captureError('capture-cut-off', `a descriptor of ${length} bytes where ${total - at} are left`, { offset: offset + at, pointer: '/configuration' });
    takeDescriptor(growing, bytes.subarray(at, at + length), { offset: offset + at }, text);
    at += length;
  }
  return finishConfiguration(growing, { offset: offset + total });
}

function takeDescriptor(growing: GrowingConfiguration, bytes: Uint8Array, place: CapturePlace, text: StringLookup): void {
  const byte = (index: number): number => bytes[index] ?? 0;
  const triple = (index: number): ClassTriple => [byte(index), byte(index + 1), byte(index + 2)];
  const named = (index: number): { readonly name?: string } => {
    const name = byte(index) === 0 ? undefined : text(byte(index));
    return name ? { name } : {};
  };
  const current = growing.alternates.at(-1);
  switch (byte(1)) {
    case 4: {
      need(bytes, 9, 'an interface', place);
      const alternate: GrowingAlternate = { place, number: byte(2), setting: byte(3), endpointCount: byte(4), class: triple(5), ...named(8), extra: [], endpoints: [], lost: [] };
      addAlternate(growing, alternate);
      return;
    }
    case 5: {
      need(bytes, 7, 'an endpoint', place);
      if (!current) throw captureError('capture-contradicts', 'an endpoint before the first interface', { ...place, pointer: '/configuration/interfaces' });
      if (current.endpoints.length >= captureLimits.endpoints) throw captureError('capture-too-big', `more than ${captureLimits.endpoints} endpoints in a setting`, { ...place, pointer: '/configuration/interfaces' });
      const size = byte(4) | (byte(5) << 8);
      current.endpoints.push({ place, address: byte(2), type: endpointTypes[(byte(3) & 3) as 0 | 1 | 2 | 3], maxPacketSize: size & 0x7ff, extraPackets: (size >> 11) & 3, interval: byte(6), ...((byte(3) & 3) === 1 ? { synchronization: (byte(3) >> 2) & 3 } : {}) });
      return;
    }
    case 11:
      need(bytes, 8, 'an interface association', place);
      if (growing.associations.length < captureLimits.interfaces) growing.associations.push({ first: byte(2), count: byte(3), class: triple(4), ...named(7) });
      return;
    default: {
      if (!current || current.extra.length >= captureLimits.extras) return;
      const endpoint = current.endpoints.at(-1);
      if (!endpoint) current.extra.push(bytes.slice());
      // A SuperSpeed companion (0x30) says nothing at the speeds of the emulation.
      else if (byte(1) !== 0x30 && (endpoint.extra?.length ?? 0) < captureLimits.extras) current.endpoints[current.endpoints.length - 1] = { ...endpoint, extra: [...(endpoint.extra ?? []), bytes.slice()] };
    }
  }
}

/** The UTF-16 text of a string descriptor; undefined where the bytes are none. */
export function readStringDescriptor(bytes: Uint8Array): string | undefined {
  const length = bytes[0] ?? 0;
  if (length < 2 || bytes[1] !== 3 || bytes.length < 2) return undefined;
  return Buffer.from(bytes.subarray(2, Math.min(length, bytes.length) & ~1))
    .toString('utf16le')
    .replaceAll('\0', '');
}

/** A device and its configurations one after the other, as /sys/bus/usb/devices/.../descriptors holds them. */
export function readDescriptorFile(bytes: Uint8Array): CapturedDevice {
  const { indexes: _indexes, ...fields } = readDeviceDescriptor(bytes.subarray(0, 18), 0);
  const configurations: CapturedConfiguration[] = [];
  for (let at = 18; at < bytes.length && configurations.length < Math.min(fields.configurationCount, captureLimits.configurations); ) {
    const configuration = readConfiguration(bytes.subarray(at), at, () => undefined);
    configurations.push(configuration);
    at += (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8);
  }
  if (configurations.length === 0) throw captureError('capture-cut-off', 'there is no configuration behind the device descriptor', { offset: bytes.length, pointer: '/configuration' });
  return { place: { offset: 0 }, address: undefined, speed: undefined, ...fields, strings: {}, configurations, deviceIds: new Map(), features: new Map(), notes: ['the strings are not in the file'] };
}

function need(bytes: Uint8Array, length: number, what: string, place: CapturePlace): void {
  if (bytes.length < length) throw captureError('capture-contradicts', `${what} descriptor has ${length} bytes, not ${bytes.length}`, { ...place, pointer: '/configuration/interfaces' });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/..(?=.)/g, '$& ');
}
