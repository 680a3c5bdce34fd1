import type { CapturedAlternate, CapturedConfiguration, CapturedDevice, CapturedEndpoint, CapturedSpeed } from '../../wire/capture/captured-device.ts';
import type { UsbAlternate, UsbDescriptors, UsbEndpoint, UsbInterface, UsbSpeed } from '../usb-device.ts';
import type { ImportNotes } from './import-notes.ts';
import type { SerialFiller } from './serial-filler.ts';

/** Largest packets (USB 2.0, 5.5.3 to 5.8.3). */
const largest = {
  low: { bulk: 8, interrupt: 8, isochronous: 8 },
  full: { bulk: 64, interrupt: 64, isochronous: 1023 },
  high: { bulk: 512, interrupt: 1024, isochronous: 1024 },
} as const;

/** What the emulator does of what most do not. */
export interface Serves {
  /** Isochronous streams, with all that stands at their endpoints. */
  readonly streams?: boolean;
}

/** bmAttributes >> 2 & 3 (USB 2.0, table 9-13). */
const synchronizations = ['none', 'asynchronous', 'adaptive', 'synchronous'] as const;

type EmulatedSpeed = keyof typeof largest;

/**
 * The captured device as the emulation can show it. What has to be changed for that (SuperSpeed, further configurations, sizes that the bus does not
 * allow) is noted as an assumption; what is only shown but does nothing is noted as not served.
 */
export function fitUsb(device: CapturedDevice, notes: ImportNotes, filler: SerialFiller, serves: Serves = {}): UsbDescriptors {
  const [configuration] = device.configurations;
  if (!configuration) throw new RangeError('a captured device has a configuration');
  if (device.configurationCount > 1) notes.assume(`the device has ${device.configurationCount} configurations; the first of the capture is taken, as Linux does`);
  const speed = fitSpeed(device, configuration, notes);
  filler.learn(device.strings.serial);
  for (const note of device.notes) notes.assume(`${note}; the model has none in their place`);
  const strings = Object.fromEntries((Object.entries(device.strings) as [string, string][]).flatMap(([key, text]) => (clean(text) === '' ? [] : [[key, filler.clean(clean(text))]])));
  if (configuration.maxPower > 500) notes.assume(`${configuration.maxPower} mA are asked for; 500 is the most at this speed`);
  const numbers = configuration.interfaces.map(({ number }) => number);
  const gaps = numbers.some((number, index) => number !== index);
  if (gaps) notes.assume(`the interfaces are numbered ${numbers.join(', ')}; the emulation numbers them from 0 without gaps, and descriptors that name them are left as they are`);
  if ((configuration.attributes & 0x80) === 0) notes.assume('the configuration lacks the attribute bit that must be set (USB 2.0, 9.6.3); it is set');
  for (const { number, alternates } of configuration.interfaces) {
    const settings = alternates.map(({ setting }) => setting);
    if (settings.some((setting, index) => setting !== index)) notes.assume(`interface ${number} has the alternate settings ${settings.join(', ')}; the emulation numbers them from 0 without gaps`);
  }
  const newNumber = (number: number): number => Math.max(0, numbers.indexOf(number));
  const associations = configuration.associations
    .filter(({ first, count }) => count > 0 && newNumber(first) + count <= numbers.length)
    .map(({ first, count, class: triple, name }) => ({ first: newNumber(first), count, class: triple, ...(name === undefined ? {} : { name: filler.clean(clean(name)) }) }));
  if (associations.length < configuration.associations.length) notes.assume('an interface association names interfaces that are not there; it is left out');
  return {
    speed,
    vendorId: hex16(device.vendorId),
    productId: hex16(device.productId),
    usbVersion: hex16(device.usbVersion >= 0x0300 ? 0x0200 : device.usbVersion),
    deviceVersion: hex16(device.deviceVersion),
    class: device.class,
    maxPacketSize0: fitControlSize(device, speed, notes),
    strings,
    configuration: {
      attributes: configuration.attributes | 0x80,
      maxPower: Math.min(configuration.maxPower, 500),
      ...(associations.length > 0 ? { associations } : {}),
      interfaces: configuration.interfaces.map((each, index): UsbInterface => ({ number: index, alternates: each.alternates.map((alternate) => fitAlternate(alternate, index, speed, notes, filler, serves)) })),
    },
  };
}

function fitSpeed(device: CapturedDevice, configuration: CapturedConfiguration, notes: ImportNotes): EmulatedSpeed {
  const known = device.speed ?? guessSpeed(device, configuration);
  if (known === 'super') {
    notes.assume('the capture is of SuperSpeed; the model is the same device at high speed: packets of at most 512 bytes, no endpoint companions, no streams');
    return 'high';
  }
  if (device.speed === undefined) notes.assume(`the capture does not tell the speed; ${known} speed is taken from the packet sizes`);
  if (known === 'low' && configuration.interfaces.some(({ alternates }) => alternates.some(({ endpoints }) => endpoints.some(({ type }) => type !== 'interrupt')))) {
    notes.assume('at low speed there are interrupt endpoints only, but the device has others; full speed is taken');
    return 'full';
  }
  return known;
}

function guessSpeed({ usbVersion, maxPacketSize0 }: CapturedDevice, { interfaces }: CapturedConfiguration): CapturedSpeed {
  const endpoints = interfaces.flatMap(({ alternates }) => alternates.flatMap((alternate) => alternate.endpoints));
  if (usbVersion >= 0x0300 && maxPacketSize0 === 9) return 'super';
  const bulk = Math.max(0, ...endpoints.filter(({ type }) => type === 'bulk').map(({ maxPacketSize }) => maxPacketSize));
  if (bulk > 512) return 'super';
  if (bulk > 64 || endpoints.some(({ type, maxPacketSize, extraPackets }) => extraPackets > 0 || (type === 'interrupt' && maxPacketSize > 64))) return 'high';
  if (maxPacketSize0 !== 8 || endpoints.length === 0) return 'full';
  return endpoints.every(({ type, maxPacketSize }) => type === 'interrupt' && maxPacketSize <= 8) ? 'low' : 'full';
}

function fitControlSize(device: CapturedDevice, speed: UsbSpeed, notes: ImportNotes): number {
  const size = device.maxPacketSize0;
  if (speed === 'high' ? size === 64 : speed === 'low' ? size === 8 : [8, 16, 32, 64].includes(size)) return size;
  const fitting = speed === 'low' ? 8 : 64;
  if (device.usbVersion < 0x0300) notes.assume(`control packets of ${size} bytes are not allowed at ${speed} speed; ${fitting} is taken`);
  return fitting;
}

function fitAlternate(alternate: CapturedAlternate, number: number, speed: EmulatedSpeed, notes: ImportNotes, filler: SerialFiller, serves: Serves): UsbAlternate {
  const where = `interface ${number}${alternate.setting === 0 ? '' : `, setting ${alternate.setting}`}`;
  const behind = serves.streams ? [] : alternate.endpoints.flatMap(({ extra = [] }) => extra.map((bytes) => `descriptor ${spacedHex(bytes.subarray(0, 3))} behind an endpoint`));
  for (const lost of new Set([...alternate.lost, ...behind])) notes.cannotServe(`${where}: ${lost} (the capture does not have its bytes where a model keeps them)`);
  if (!serves.streams && alternate.endpoints.some(({ type }) => type === 'isochronous')) notes.cannotServe(`${where}: isochronous streams; the endpoints are shown and carry nothing`);
  const extra = alternate.extra.filter((bytes) => bytes[1] !== 0x30);
  const endpoints = alternate.endpoints.flatMap((endpoint) => fitEndpoint(endpoint, where, speed, notes, serves) ?? []);
  const name = alternate.name === undefined ? '' : filler.clean(clean(alternate.name));
  return { class: alternate.class, ...(name === '' ? {} : { name }), ...(extra.length > 0 ? { extra: extra.map(spacedHex) } : {}), endpoints };
}

function fitEndpoint(endpoint: CapturedEndpoint, where: string, speed: EmulatedSpeed, notes: ImportNotes, serves: Serves): UsbEndpoint | undefined {
  const address = `0x${endpoint.address.toString(16).padStart(2, '0')}`;
  const { type } = endpoint;
  if (type === 'control' || (endpoint.address & 15) === 0) {
    notes.assume(`${where}: endpoint ${address} of type ${type} is left out; the emulation has none such`);
    return undefined;
  }
  const most = largest[speed][type];
  const streams = serves.streams === true && type === 'isochronous';
  const size = Math.min(Math.max(endpoint.maxPacketSize, streams ? 0 : 1), most);
  if (size !== endpoint.maxPacketSize) notes.assume(`${where}: endpoint ${address} has packets of ${endpoint.maxPacketSize} bytes; ${size} is taken, ${speed} speed allows 1 to ${most}`);
  const transactions = streams && speed === 'high' && endpoint.extraPackets > 0 && endpoint.extraPackets < 3 ? ((endpoint.extraPackets + 1) as 2 | 3) : undefined;
  if (endpoint.extraPackets > 0 && transactions === undefined) notes.cannotServe(`${where}: ${endpoint.extraPackets + 1} packets a microframe at endpoint ${address}; the model has one`);
  return {
    address: `0x${(endpoint.address & 0x8f).toString(16).padStart(2, '0')}`,
    type,
    maxPacketSize: size,
    interval: fitInterval(endpoint, speed, where, notes),
    ...(transactions === undefined ? {} : { transactions }),
    ...(streams && endpoint.synchronization ? { synchronization: synchronizations[endpoint.synchronization as 0 | 1 | 2 | 3] } : {}),
    ...(serves.streams && endpoint.extra ? { extra: endpoint.extra.map(spacedHex) } : {}),
  };
}

/** Low and full speed count milliseconds, high speed a power of two (USB 2.0, table 9-13). */
function fitInterval({ type, interval, address }: CapturedEndpoint, speed: EmulatedSpeed, where: string, notes: ImportNotes): number {
  if (type === 'bulk') return interval;
  const fitting = Math.min(Math.max(interval, 1), speed === 'high' ? 16 : 255);
  if (fitting !== interval) notes.assume(`${where}: endpoint 0x${address.toString(16)} has the interval ${interval}; ${fitting} is taken`);
  return fitting;
}

/** Text of a device without what no string of a model holds. */
export function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- devices pad strings with all kinds of bytes
  return text.replaceAll(/[\x00-\x1f\x7f\ufffd]/g, '').trim().slice(0, 126);
}

export function hex16(value: number): string {
  return `0x${(value & 0xffff).toString(16).padStart(4, '0')}`;
}

export function spacedHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/..(?=.)/g, '$& ');
}
