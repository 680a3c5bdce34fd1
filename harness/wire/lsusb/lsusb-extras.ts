import { captureError } from '../capture/capture-error.ts';
import { numberOf, versionOf, type LsusbSection } from './lsusb-section.ts';

/** The bytes of a class-specific descriptor that lsusb has put into words, where the words say them all. */
export function extraBytes(section: LsusbSection): Uint8Array | undefined {
  const pointer = '/configuration/interfaces';
  const number = (name: string, max = 255): number => numberOf(section, name, max, pointer);
  switch (section.heading) {
    case 'HID Device Descriptor':
      return hidDescriptor(section);
    case 'CDC Header': {
      const version = versionOf(section, 'bcdCDC', pointer);
      return Uint8Array.of(5, 0x24, 0, version & 0xff, version >> 8);
    }
    case 'CDC Call Management':
      return Uint8Array.of(5, 0x24, 1, number('bmCapabilities'), number('bDataInterface'));
    case 'CDC ACM':
      return Uint8Array.of(4, 0x24, 2, number('bmCapabilities'));
    case 'CDC Union': {
      const slaves = section.fields.find(({ name }) => name === 'bSlaveInterface');
      const numbers = `${slaves?.value ?? ''} ${slaves?.text ?? ''}`.split(/\s+/).filter((word) => /^\d{1,3}$/.test(word)).map(Number);
      return Uint8Array.of(4 + numbers.length, 0x24, 6, number('bMasterInterface'), ...numbers);
    }
    case 'Device Firmware Upgrade Interface Descriptor': {
      const timeout = number('wDetachTimeout', 0xffff);
      const size = number('wTransferSize', 0xffff);
      const head = [0x21, number('bmAttributes'), timeout & 0xff, timeout >> 8, size & 0xff, size >> 8];
      if (!section.fields.some(({ name }) => name === 'bcdDFUVersion')) return Uint8Array.of(7, ...head);
      const version = versionOf(section, 'bcdDFUVersion', pointer);
      return Uint8Array.of(9, ...head, version & 0xff, version >> 8);
    }
    default:
      return undefined;
  }
}

/** HID 1.11, 6.2.1: the head and a type and a length for each further descriptor. */
function hidDescriptor(section: LsusbSection): Uint8Array {
  const pointer = '/configuration/interfaces';
  const version = versionOf(section, 'bcdHID', pointer);
  const types = section.fields.filter(({ name }) => name === 'bDescriptorType').slice(1);
  const lengths = section.fields.filter(({ name }) => name === 'wDescriptorLength');
  const count = numberOf(section, 'bNumDescriptors', 16, pointer);
  if (types.length < count || lengths.length < count) {
    throw captureError('capture-cut-off', `the HID descriptor announces ${count} descriptors, ${Math.min(types.length, lengths.length)} are there`, { line: section.lastLine, pointer });
  }
  const rest = Array.from({ length: count }, (_, index) => {
    const length = Number(lengths[index]?.value);
    if (!(length <= 0xffff)) throw captureError('capture-contradicts', `wDescriptorLength is "${lengths[index]?.value.slice(0, 20) ?? ''}"`, { line: lengths[index]?.line ?? section.line, pointer });
    return [Number(types[index]?.value) & 0xff, length & 0xff, length >> 8];
  });
  return Uint8Array.of(6 + 3 * count, 0x21, version & 0xff, version >> 8, numberOf(section, 'bCountryCode', 255, pointer), count, ...rest.flat());
}

/** Prefixes of the items by the name that lsusb prints (HID 1.11, 6.2.2), without the two bits of size. */
const itemPrefixes: Readonly<Record<string, number>> = {
  Input: 0x80, Output: 0x90, Feature: 0xb0, Collection: 0xa0, 'End Collection': 0xc0,
  'Usage Page': 0x04, 'Logical Minimum': 0x14, 'Logical Maximum': 0x24, 'Physical Minimum': 0x34, 'Physical Maximum': 0x44, 'Unit Exponent': 0x54, Unit: 0x64,
  'Report Size': 0x74, 'Report ID': 0x84, 'Report Count': 0x94, Push: 0xa4, Pop: 0xb4,
  Usage: 0x08, 'Usage Minimum': 0x18, 'Usage Maximum': 0x28, 'Designator Index': 0x38, 'Designator Minimum': 0x48, 'Designator Maximum': 0x58,
  'String Index': 0x78, 'String Minimum': 0x88, 'String Maximum': 0x98, Delimiter: 0xa8,
}; // prettier-ignore

/**
 * The report descriptor whose items lsusb has listed (it can when no driver holds the interface); undefined where it lists none.
 * @throws HwlabError usage `capture-cut-off` or `capture-contradicts`
 */
export function reportDescriptorBytes(section: LsusbSection): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const { text, line } of section.others) {
    const item = /^Item\((?:Main|Global|Local)\s*\): ([A-Za-z ]+), data=\s*(none|\[((?: ?0x[0-9a-f]{2})*) ?\])/i.exec(text);
    if (!item) {
      if (text.startsWith('Item(')) throw captureError('capture-contradicts', `this is no item of a report descriptor: "${text.slice(0, 60)}"`, { line });
      continue;
    }
    const prefix = itemPrefixes[item[1] ?? ''];
    const data = (item[3] ?? '').trim().split(/\s+/).filter((word) => word !== '').map(Number);
    const size = [0, 1, 2, undefined, 3][data.length];
    if (prefix === undefined || size === undefined) throw captureError('capture-contradicts', `an item "${item[1] ?? ''}" of ${data.length} bytes is not known`, { line });
    bytes.push(prefix | size, ...data);
  }
  if (bytes.length === 0) return undefined;
  const told = /length is (\d+)/.exec(section.heading)?.[1];
  if (told !== undefined && Number(told) !== bytes.length) throw captureError('capture-cut-off', `the report descriptor has ${told} bytes, its items give ${bytes.length}`, { line: section.lastLine });
  return Uint8Array.from(bytes);
}
