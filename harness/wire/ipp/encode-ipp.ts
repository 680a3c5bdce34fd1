import { encodeDateTime } from './ipp-date-time.ts';
import type { IppAttribute, IppMessage, IppValue } from './ipp-message.ts';
import { endOfAttributes, groupNumbers, outOfBandNumbers, stringNumbers, valueNumbers } from './ipp-tags.ts';

/** Encodes a message (RFC 8010). @throws RangeError if a name or value does not fit in its 15-bit length. */
export function encodeIpp(message: IppMessage): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt8(message.version[0], 0);
  header.writeUInt8(message.version[1], 1);
  header.writeUInt16BE(message.code, 2);
  header.writeInt32BE(message.requestId, 4);
  const parts: Uint8Array[] = [header];
  for (const group of message.groups) {
    parts.push(Uint8Array.of(groupNumbers[group.tag]));
    for (const attribute of group.attributes) encodeAttribute(parts, attribute);
  }
  parts.push(Uint8Array.of(endOfAttributes));
  return Buffer.concat(parts);
}

function encodeAttribute(parts: Uint8Array[], attribute: IppAttribute): void {
  attribute.values.forEach((value, index) => encodeValue(parts, index === 0 ? attribute.name : '', value));
}

function encodeValue(parts: Uint8Array[], name: string, value: IppValue): void {
  if (value.tag !== 'collection') {
    const [tag, bytes] = scalar(value);
    entry(parts, tag, name, bytes);
    return;
  }
  entry(parts, valueNumbers.collection, name, '');
  for (const member of value.members) {
    entry(parts, valueNumbers.memberName, '', member.name);
    for (const memberValue of member.values) encodeValue(parts, '', memberValue);
  }
  entry(parts, valueNumbers.endCollection, '', '');
}

function entry(parts: Uint8Array[], tag: number, name: string, value: string | Uint8Array): void {
  const nameBytes = Buffer.from(name, 'latin1');
  const valueBytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  if (nameBytes.length > 0x7fff || valueBytes.length > 0x7fff) throw new RangeError(`IPP attribute ${name || '(further value)'}: a name or value has more than 32767 bytes`);
  const head = Buffer.alloc(3);
  head.writeUInt8(tag, 0);
  head.writeUInt16BE(nameBytes.length, 1);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(valueBytes.length);
  parts.push(head, nameBytes, length, valueBytes);
}

function scalar(value: Exclude<IppValue, { tag: 'collection' }>): readonly [number, string | Uint8Array] {
  switch (value.tag) {
    case 'integer':
    case 'enum':
      return [valueNumbers[value.tag], integers(value.value)];
    case 'boolean':
      return [valueNumbers.boolean, Uint8Array.of(value.value ? 1 : 0)];
    case 'octetString':
      return [valueNumbers.octetString, Buffer.from(value.value, 'hex')];
    case 'dateTime':
      return [valueNumbers.dateTime, encodeDateTime(value.value)];
    case 'rangeOfInteger':
      return [valueNumbers.rangeOfInteger, integers(value.lower, value.upper)];
    case 'resolution':
      return [valueNumbers.resolution, Buffer.concat([integers(value.x, value.y), Uint8Array.of(value.units === 'dpi' ? 3 : 4)])];
    case 'textWithLanguage':
    case 'nameWithLanguage':
      return [valueNumbers[value.tag], Buffer.concat([counted(value.language), counted(value.value)])];
    case 'other':
      return [value.number, Buffer.from(value.value, 'hex')];
    case 'unsupported':
    case 'default':
    case 'unknown':
    case 'no-value':
    case 'not-settable':
    case 'delete-attribute':
    case 'admin-define':
      return [outOfBandNumbers[value.tag], ''];
    default:
      return [stringNumbers[value.tag], value.value];
  }
}

function integers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeInt32BE(value, index * 4));
  return bytes;
}

function counted(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
