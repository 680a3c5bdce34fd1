import { HwlabError } from '../base/hwlab-error.ts';
import type { UsbAlternate, UsbDescriptors, UsbEndpoint, UsbSpeed } from './usb-device.ts';

/** Largest packet per speed and type (USB 2.0, 5.5.3, 5.6.3, 5.7.3, 5.8.3); 0 where the speed has no such endpoint. */
const largest: Readonly<Record<'low' | 'full' | 'high', Readonly<Record<UsbEndpoint['type'], number>>>> = {
  low: { bulk: 0, interrupt: 8, isochronous: 0 },
  full: { bulk: 64, interrupt: 64, isochronous: 1023 },
  high: { bulk: 512, interrupt: 1024, isochronous: 1024 },
};

const controlSizes: Readonly<Record<'low' | 'full' | 'high', readonly number[]>> = { low: [8], full: [8, 16, 32, 64], high: [64] };

function bad(where: string, what: string): HwlabError {
  return new HwlabError({ code: 'bad-descriptors', blame: 'usage', message: `USB descriptors of the model: ${where}: ${what}`, facts: { pointer: where } });
}

/** The number of a hex or decimal string within 0..`max`. @throws HwlabError `bad-descriptors` */
export function numberAt(where: string, text: string, max: number): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (!(value <= max)) throw bad(where, `"${text}" is not a number from 0 to 0x${max.toString(16)}`);
  return value;
}

/** The bytes of one or more whole descriptors written in hex. @throws HwlabError `bad-descriptors` */
export function descriptorBytesAt(where: string, hex: string): Buffer {
  const digits = hex.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})+$/i.test(digits)) throw bad(where, 'not hex bytes');
  const bytes = Buffer.from(digits, 'hex');
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    if (length < 2 || at + length > bytes.length) throw bad(where, `byte ${at} says ${length} bytes, ${bytes.length - at} are there`);
    at += length;
  }
  return bytes;
}

/**
 * Checks what no schema can: packet sizes by speed, numbering, endpoints that collide.
 * @throws HwlabError `bad-descriptors` (usage) with a pointer to the place.
 */
export function checkDescriptors(usb: UsbDescriptors): void {
  if (usb.speed === 'super') throw bad('/speed', 'SuperSpeed is not emulated (it needs endpoint companions); use "high"');
  if (!controlSizes[usb.speed].includes(usb.maxPacketSize0)) throw bad('/maxPacketSize0', `${usb.maxPacketSize0} is not allowed at ${usb.speed} speed`);
  const { interfaces, maxPower } = usb.configuration;
  if (interfaces.length === 0 || interfaces.length > 32) throw bad('/configuration/interfaces', `${interfaces.length} interfaces, expected 1 to 32`);
  if (maxPower < 0 || maxPower > 500) throw bad('/configuration/maxPower', `${maxPower} mA, expected 0 to 500`);
  const owners = new Map<number, number>();
  interfaces.forEach((each, index) => {
    const where = `/configuration/interfaces/${index}`;
    if (each.number !== index) throw bad(`${where}/number`, `${each.number}, expected ${index}: interfaces are numbered from 0 without gaps`);
    if (each.alternates.length === 0) throw bad(`${where}/alternates`, 'at least alternate setting 0 is needed');
    each.alternates.forEach((alternate, setting) => {
      checkAlternate(`${where}/alternates/${setting}`, usb.speed, alternate, index, owners);
    });
  });
  usb.configuration.associations?.forEach((association, index) => {
    if (association.count < 1 || association.first + association.count > interfaces.length) {
      throw bad(`/configuration/associations/${index}`, `interfaces ${association.first} to ${association.first + association.count - 1} do not exist`);
    }
  });
}

function checkAlternate(where: string, speed: UsbSpeed, alternate: UsbAlternate, number: number, owners: Map<number, number>): void {
  const seen = new Set<number>();
  alternate.endpoints.forEach((endpoint, index) => {
    const pointer = `${where}/endpoints/${index}`;
    const address = numberAt(`${pointer}/address`, endpoint.address, 0x8f);
    if ((address & 0x0f) === 0 || (address & 0x70) !== 0) throw bad(`${pointer}/address`, `${endpoint.address} is not an endpoint address`);
    if (seen.has(address)) throw bad(`${pointer}/address`, `${endpoint.address} is used twice`);
    if ((owners.get(address) ?? number) !== number) throw bad(`${pointer}/address`, `${endpoint.address} belongs to interface ${owners.get(address)}`);
    seen.add(address);
    owners.set(address, number);
    const limit = speed === 'super' ? 0 : largest[speed][endpoint.type];
    const least = endpoint.type === 'isochronous' ? 0 : 1;
    if (endpoint.maxPacketSize < least || endpoint.maxPacketSize > limit) {
      throw bad(`${pointer}/maxPacketSize`, `${endpoint.maxPacketSize}, expected ${least} to ${limit} for ${endpoint.type} at ${speed} speed`);
    }
    if ((endpoint.transactions ?? 1) > 1 && (speed !== 'high' || endpoint.type === 'bulk')) throw bad(`${pointer}/transactions`, 'only interrupt and isochronous endpoints at high speed have more than one');
    if (endpoint.synchronization !== undefined && endpoint.type !== 'isochronous') throw bad(`${pointer}/synchronization`, 'only isochronous endpoints have it');
    const slowest = endpoint.type !== 'bulk' && speed === 'high' ? 16 : 255;
    if (endpoint.interval > slowest || endpoint.interval < (endpoint.type === 'bulk' ? 0 : 1)) {
      throw bad(`${pointer}/interval`, `${endpoint.interval}, expected ${endpoint.type === 'bulk' ? 0 : 1} to ${slowest}`);
    }
  });
}

/** @throws HwlabError `bad-descriptors` if the text has more than 126 UTF-16 units. */
export function stringBytesAt(where: string, text: string): Buffer {
  if (text.length > 126) throw bad(where, `${text.length} characters, a string descriptor holds 126`);
  return Buffer.concat([Buffer.from([2 + 2 * text.length, 3]), Buffer.from(text, 'utf16le')]);
}

/** @throws HwlabError `bad-descriptors` if the configuration is longer than QEMU's control buffer. */
export function checkConfigurationLength(length: number): void {
  if (length > 4096) throw bad('/configuration', `${length} bytes of descriptors; QEMU hands at most 4096 to a guest`);
}
