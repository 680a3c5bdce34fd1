import { createHash } from 'node:crypto';
import { checkConfigurationLength, checkDescriptors, descriptorBytesAt, numberAt, stringBytesAt } from './descriptor-checks.ts';
import type { UsbAlternate, UsbDescriptors, UsbEndpoint } from './usb-device.ts';

/** The descriptors of a device as bytes (USB 2.0, 9.6). */
export interface DescriptorSet {
  readonly device: Buffer;
  /** Configuration 1 with everything that belongs to it. */
  readonly configuration: Buffer;
  /** String descriptors by index; 0 lists the language, 0x0409. */
  readonly strings: readonly Buffer[];
  /** Only for high speed devices. */
  readonly qualifier: Buffer | undefined;
  /** Of device, configuration and string descriptors, hex. */
  readonly sha256: string;
}

/** Gives each text an index from 1; equal texts share one. */
class StringTable {
  readonly #texts: string[] = [];
  readonly descriptors: Buffer[] = [Buffer.from([4, 3, 0x09, 0x04])];

  indexOf(where: string, text: string | undefined): number {
    if (text === undefined || text === '') return 0;
    const known = this.#texts.indexOf(text);
    if (known >= 0) return known + 1;
    this.descriptors.push(stringBytesAt(where, text));
    return this.#texts.push(text);
  }
}

/**
 * Builds the descriptors of a model.
 * @throws HwlabError `bad-descriptors` (usage) that points at what is wrong.
 */
export function buildDescriptors(usb: UsbDescriptors): DescriptorSet {
  checkDescriptors(usb);
  const strings = new StringTable();
  const usbVersion = numberAt('/usbVersion', usb.usbVersion, 0xffff);
  const device = Buffer.alloc(18);
  device.set([18, 1]);
  device.writeUInt16LE(usbVersion, 2);
  device.set([...usb.class, usb.maxPacketSize0], 4);
  device.writeUInt16LE(numberAt('/vendorId', usb.vendorId, 0xffff), 8);
  device.writeUInt16LE(numberAt('/productId', usb.productId, 0xffff), 10);
  device.writeUInt16LE(numberAt('/deviceVersion', usb.deviceVersion, 0xffff), 12);
  device[14] = strings.indexOf('/strings/manufacturer', usb.strings.manufacturer);
  device[15] = strings.indexOf('/strings/product', usb.strings.product);
  device[16] = strings.indexOf('/strings/serial', usb.strings.serial);
  device[17] = 1;
  const configuration = buildConfiguration(usb, strings);
  const qualifier = usb.speed === 'high' ? Buffer.from([10, 6, usbVersion & 0xff, usbVersion >>> 8, ...usb.class, 64, 1, 0]) : undefined;
  const sha256 = createHash('sha256').update(device).update(configuration);
  for (const text of strings.descriptors) sha256.update(text);
  return { device, configuration, strings: strings.descriptors, qualifier, sha256: sha256.digest('hex') };
}

function buildConfiguration(usb: UsbDescriptors, strings: StringTable): Buffer {
  const { configuration } = usb;
  const parts: Buffer[] = [];
  configuration.interfaces.forEach((each, index) => {
    configuration.associations?.forEach((association, place) => {
      if (association.first !== each.number) return;
      const name = strings.indexOf(`/configuration/associations/${place}/name`, association.name);
      parts.push(Buffer.from([8, 11, association.first, association.count, ...association.class, name]));
    });
    each.alternates.forEach((alternate, setting) => {
      parts.push(...buildAlternate(`/configuration/interfaces/${index}/alternates/${setting}`, each.number, setting, alternate, strings));
    });
  });
  const body = Buffer.concat(parts);
  const length = 9 + body.length;
  checkConfigurationLength(length);
  const head = Buffer.from([9, 2, length & 0xff, length >>> 8, configuration.interfaces.length, 1, 0, configuration.attributes, Math.ceil(configuration.maxPower / 2)]);
  return Buffer.concat([head, body]);
}

function buildAlternate(where: string, number: number, setting: number, alternate: UsbAlternate, strings: StringTable): Buffer[] {
  const name = strings.indexOf(`${where}/name`, alternate.name);
  return [
    Buffer.from([9, 4, number, setting, alternate.endpoints.length, ...alternate.class, name]),
    ...(alternate.extra ?? []).map((hex, index) => descriptorBytesAt(`${where}/extra/${index}`, hex)),
    ...alternate.endpoints.flatMap((endpoint, index) => [buildEndpoint(endpoint), ...(endpoint.extra ?? []).map((hex, place) => descriptorBytesAt(`${where}/endpoints/${index}/extra/${place}`, hex))]),
  ];
}

function buildEndpoint(endpoint: UsbEndpoint): Buffer {
  const type = { isochronous: 1, bulk: 2, interrupt: 3 }[endpoint.type];
  const synchronization = { none: 0, asynchronous: 1, adaptive: 2, synchronous: 3 }[endpoint.synchronization ?? 'none'];
  const size = endpoint.maxPacketSize | (((endpoint.transactions ?? 1) - 1) << 11);
  return Buffer.from([7, 5, Number(endpoint.address), type | (synchronization << 2), size & 0xff, size >>> 8, endpoint.interval]);
}
