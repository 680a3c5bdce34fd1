import { captureError } from '../capture/capture-error.ts';
import { captureLimits, endpointTypes, type CapturedConfiguration, type CapturedDevice, type CapturedSpeed, type ClassTriple } from '../capture/captured-device.ts';
import { addAlternate, finishConfiguration, type GrowingAlternate, type GrowingConfiguration } from '../capture/grow-configuration.ts';
import { extraBytes, reportDescriptorBytes } from './lsusb-extras.ts';
import { numberOf, stringOf, takeLine, versionOf, type LsusbSection } from './lsusb-section.ts';

const mostDevices = 1024;
const longestHeading = 120;

/** The sections of one device in order. */
interface LsusbDevice {
  readonly line: number;
  readonly address: string | undefined;
  speed: CapturedSpeed | undefined;
  readonly sections: LsusbSection[];
  lastLine: number;
}

const speeds: Readonly<Record<string, CapturedSpeed>> = { low: 'low', full: 'full', high: 'high', superspeed: 'super', super: 'super' };

/**
 * Reads the text of `lsusb -v` (usbutils), of one or more devices. Indentation and marks of quotes and comments do not count, so that text from a web page,
 * a mail or a driver's source is taken too; lines of lsusb about what it could not read are passed over.
 * @throws HwlabError usage `capture-...` with the line, and a pointer where it is about a part of the device
 */
export function parseLsusb(text: string): readonly CapturedDevice[] {
  const devices = splitDevices(text).filter(({ sections }) => sections.length > 0);
  if (devices.length === 0) throw captureError('capture-empty', 'there is no "Device Descriptor:" in it', { line: 1 }, 'use the output of lsusb -v, not of lsusb');
  return devices.map(readDevice);
}

/** A line that begins a section: `Interface Descriptor:`, `CDC ACM:`, `Report Descriptor: (length is 52)`. */
const headingPattern = /^((?:[A-Za-z/()0-9. -]*Descriptors?)|CDC [A-Za-z ]+|Interface Association|Binary Object Store Descriptor|[A-Z][A-Za-z0-9 /.()-]*(?:Capability|Exchange|Selection|Terminal|MDLM[A-Za-z ]*)|Device Qualifier \(for other device speed\)|OTG|Debug descriptor|Device Status|Hub Port Status|Other Speed [A-Za-z ]+):(?: *(\(length is \d+\)|0x[0-9a-f]+))?$/i;

function splitDevices(text: string): readonly LsusbDevice[] {
  const devices: LsusbDevice[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    const trimmed = raw.slice(0, 2000).replace(/^[#>\s]+/, '').trimEnd();
    if (trimmed === '') continue;
    const bus = /^Bus (\d{3}) Device (\d{3}): ID [0-9a-f]{4}:[0-9a-f]{4}/i.exec(trimmed);
    const heading = bus || trimmed.length > longestHeading ? null : headingPattern.exec(trimmed);
    const name = heading?.[1];
    let device = devices.at(-1);
    if (bus || (name === 'Device Descriptor' && (!device || device.sections.length > 0))) {
      if (devices.length >= mostDevices) throw captureError('capture-too-big', `more than ${mostDevices} devices`, { line });
      device = { line, address: bus ? `${bus[1]}:${bus[2]}` : undefined, speed: undefined, sections: [], lastLine: line };
      devices.push(device);
      if (bus) continue;
    }
    if (!device) continue;
    device.lastLine = line;
    const speed = /^Negotiated speed: (\w+)/i.exec(trimmed)?.[1]?.toLowerCase();
    if (speed !== undefined) device.speed = speeds[speed];
    else if (name !== undefined) device.sections.push({ heading: name === 'Report Descriptor' && heading?.[2] ? `${name} ${heading[2]}` : name, line, lastLine: line, fields: [], others: [] });
    else {
      const section = device.sections.at(-1);
      if (section) takeLine(section, trimmed, line);
    }
  }
  return devices;
}

function readDevice(device: LsusbDevice): CapturedDevice {
  const [head] = device.sections;
  if (head?.heading !== 'Device Descriptor') throw captureError('capture-cut-off', `the device of line ${device.line} does not begin with "Device Descriptor:"`, { line: head?.line ?? device.line });
  const byte = (name: string): number => numberOf(head, name, 255, '');
  if (byte('bDescriptorType') !== 1 || byte('bLength') !== 18) throw captureError('capture-contradicts', `a device descriptor has type 1 and 18 bytes, not type ${byte('bDescriptorType')} and ${byte('bLength')}`, { line: head.line });
  const strings = { manufacturer: stringOf(head, 'iManufacturer'), product: stringOf(head, 'iProduct'), serial: stringOf(head, 'iSerial') };
  const unread = Object.entries(strings).filter(([, each]) => each.unread).map(([name]) => name);
  const configurationCount = byte('bNumConfigurations');
  const configurations = readConfigurations(device);
  if (configurations.length === 0) throw captureError('capture-cut-off', 'the device has no configuration descriptor', { line: device.lastLine, pointer: '/configuration' }, 'take the capture again, whole, with lsusb -v');
  return {
    place: { line: device.line },
    address: device.address,
    speed: device.speed,
    usbVersion: versionOf(head, 'bcdUSB', '/usbVersion'),
    class: [byte('bDeviceClass'), byte('bDeviceSubClass'), byte('bDeviceProtocol')],
    maxPacketSize0: byte('bMaxPacketSize0'),
    vendorId: numberOf(head, 'idVendor', 0xffff, '/vendorId'),
    productId: numberOf(head, 'idProduct', 0xffff, '/productId'),
    deviceVersion: versionOf(head, 'bcdDevice', '/deviceVersion'),
    strings: Object.fromEntries(Object.entries(strings).flatMap(([name, each]) => (each.text === undefined ? [] : [[name, each.text]]))),
    configurationCount,
    configurations,
    deviceIds: new Map(),
    features: new Map(),
    notes: unread.length > 0 ? [`lsusb could not read these strings: ${unread.join(', ')}`] : [],
  };
}

function readConfigurations(device: LsusbDevice): readonly CapturedConfiguration[] {
  const growing: GrowingConfiguration[] = [];
  for (const section of device.sections.slice(1)) {
    const configuration = growing.at(-1);
    if (section.heading === 'Configuration Descriptor') {
      if (growing.length >= captureLimits.configurations) throw captureError('capture-too-big', `more than ${captureLimits.configurations} configurations`, { line: section.line });
      growing.push(beginConfiguration(section));
    } else if (configuration) takeSection(configuration, section);
  }
  return growing.map((configuration, index) => finishConfiguration(configuration, { line: growing[index + 1]?.place.line ?? device.lastLine }));
}

function beginConfiguration(section: LsusbSection): GrowingConfiguration {
  const number = (name: string, max = 255): number => numberOf(section, name, max, '/configuration');
  const power = section.fields.some(({ name }) => name === 'bMaxPower') ? 'bMaxPower' : 'MaxPower';
  return { place: { line: section.line }, value: number('bConfigurationValue'), attributes: number('bmAttributes'), maxPower: number(power, 5000), interfaceCount: number('bNumInterfaces'), associations: [], alternates: [] };
}

function takeSection(configuration: GrowingConfiguration, section: LsusbSection): void {
  const pointer = '/configuration/interfaces';
  const byte = (name: string): number => numberOf(section, name, 255, pointer);
  const place = { line: section.line };
  const current = configuration.alternates.at(-1);
  const named = (field: string): { readonly name?: string } => {
    const { text } = stringOf(section, field);
    return text === undefined ? {} : { name: text };
  };
  const { heading } = section;
  if (heading === 'Interface Descriptor') {
    const triple: ClassTriple = [byte('bInterfaceClass'), byte('bInterfaceSubClass'), byte('bInterfaceProtocol')];
    const alternate: GrowingAlternate = { place, number: byte('bInterfaceNumber'), setting: byte('bAlternateSetting'), endpointCount: byte('bNumEndpoints'), class: triple, ...named('iInterface'), extra: [], endpoints: [], lost: [] };
    addAlternate(configuration, alternate);
  } else if (heading === 'Interface Association') {
    if (configuration.associations.length >= captureLimits.interfaces) throw captureError('capture-too-big', 'more interface associations than a device has interfaces', place);
    configuration.associations.push({ first: byte('bFirstInterface'), count: byte('bInterfaceCount'), class: [byte('bFunctionClass'), byte('bFunctionSubClass'), byte('bFunctionProtocol')], ...named('iFunction') });
  } else if (heading === 'Endpoint Descriptor') {
    if (!current) throw captureError('capture-contradicts', 'an endpoint before the first interface', { ...place, pointer });
    if (current.endpoints.length >= captureLimits.endpoints) throw captureError('capture-too-big', `more than ${captureLimits.endpoints} endpoints in a setting`, { ...place, pointer });
    const size = numberOf(section, 'wMaxPacketSize', 0xffff, pointer);
    current.endpoints.push({ place, address: byte('bEndpointAddress'), type: endpointTypes[(byte('bmAttributes') & 3) as 0 | 1 | 2 | 3], maxPacketSize: size & 0x7ff, extraPackets: (size >> 11) & 3, interval: byte('bInterval') });
  } else if (current) takeClassSection(current, section);
  takeUnrecognised(configuration.alternates.at(-1), section);
}

/** Headings of what is not a part of the configuration, though it stands behind it. */
const outside = /^(Device Qualifier|Device Status|Hub|Binary Object Store|.*Device Capability|.*Capability|OTG|Debug|Other Speed|Configuration|Device) ?/i;

function takeClassSection(current: GrowingAlternate, section: LsusbSection): void {
  if (section.heading.startsWith('Report Descriptor (')) {
    const bytes = reportDescriptorBytes(section);
    if (bytes) current.reportDescriptor = bytes;
    else current.lost.push('the report descriptor, which lsusb could not read');
  } else if (section.heading === 'Report Descriptors' || outside.test(section.heading)) return;
  else {
    const bytes = extraBytes(section);
    if (bytes && current.extra.length < captureLimits.extras) current.extra.push(bytes);
    else if (!bytes && current.lost.length < captureLimits.extras) current.lost.push(section.heading);
  }
}

/** Descriptors that lsusb did not know it prints as bytes; those are kept as they are, where they stand before the endpoints. */
function takeUnrecognised(current: GrowingAlternate | undefined, section: LsusbSection): void {
  for (const { text } of section.others) {
    const hex = /^\*\* UNRECOGNIZED:\s+((?:[0-9a-f]{2} ?)+)$/i.exec(text)?.[1];
    if (hex === undefined || !current || current.endpoints.length > 0 || current.extra.length >= captureLimits.extras) continue;
    const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    if (bytes.length >= 2 && bytes[0] === bytes.length) current.extra.push(bytes);
  }
}
