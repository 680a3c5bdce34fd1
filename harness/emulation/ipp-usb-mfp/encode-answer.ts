import { encodeIpp } from '../../wire/ipp/encode-ipp.ts';
import type { IppAttribute, IppMessage } from '../../wire/ipp/ipp-message.ts';
import { ippOperations } from '../../wire/ipp/ipp-names.ts';
import type { IppEncoding } from './ipp-usb-mfp-behaviour.ts';

const memberName = 0x4a;
const integerTag = 0x21;
const textTag = 0x41;
/** Bytes of a text that firmware with too small a buffer keeps. */
const keptOfText = 8;

/** The bytes of an answer; those to Get-Printer-Attributes (`operation`) with the mistakes of the device's firmware. */
export function encodeAnswer(operation: number, answer: IppMessage, encoding: IppEncoding): Uint8Array {
  if (operation !== ippOperations['Get-Printer-Attributes']) return encodeIpp(answer);
  switch (encoding) {
    case 'right':
      return encodeIpp(answer);
    case 'named-members':
      return rewrite(encodeIpp(answer), nameMembers);
    case 'long-integers':
      return rewrite(encodeIpp(answer), lengthenIntegers);
    case 'cut-texts':
      return rewrite(encodeIpp(answer), cutTexts);
    case 'padded-language':
      return encodeIpp(mapAttributes(answer, (attribute) => (attribute.name === 'attributes-natural-language' ? { ...attribute, values: [{ tag: 'naturalLanguage', value: 'en-  ' }] } : attribute)));
    case 'repeated-attributes':
      return encodeIpp({ ...answer, groups: answer.groups.map((group) => (group.tag === 'printer' ? { ...group, attributes: [...group.attributes, ...group.attributes.slice(0, 2)] } : group)) });
  }
}

function mapAttributes(message: IppMessage, change: (attribute: IppAttribute) => IppAttribute): IppMessage {
  return { ...message, groups: message.groups.map((group) => ({ ...group, attributes: group.attributes.map(change) })) };
}

/** One tag with name and value as it stands in the bytes (RFC 8010, 3.1). */
interface Entry {
  readonly tag: number;
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}

/** Reads a good message entry by entry and writes it again as `change` wants it; delimiters stay. */
function rewrite(message: Uint8Array, change: (entries: readonly Entry[]) => readonly Entry[]): Uint8Array {
  const bytes = Buffer.from(message);
  const entries: Entry[] = [];
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const write = (): void => {
    for (const { tag, name, value } of change(entries.splice(0))) {
      const lengths = Buffer.alloc(4);
      lengths.writeUInt16BE(name.length, 0);
      lengths.writeUInt16BE(value.length, 2);
      parts.push(Uint8Array.of(tag), lengths.subarray(0, 2), name, lengths.subarray(2), value);
    }
  };
  let at = 8;
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at);
    if (tag < 0x10) {
      write();
      parts.push(Uint8Array.of(tag));
      at += 1;
      continue;
    }
    const nameLength = bytes.readUInt16BE(at + 1);
    const valueLength = bytes.readUInt16BE(at + 3 + nameLength);
    const valueAt = at + 5 + nameLength;
    entries.push({ tag, name: bytes.subarray(at + 3, at + 3 + nameLength), value: bytes.subarray(valueAt, valueAt + valueLength) });
    at = valueAt + valueLength;
  }
  write();
  return Buffer.concat(parts);
}

/** A member's name stands before its value as an attribute's name, not as a memberAttrName of its own (RFC 8010, 3.1.7 is not kept). */
function nameMembers(entries: readonly Entry[]): readonly Entry[] {
  return entries.flatMap((entry, index): readonly Entry[] => {
    if (entry.tag === memberName) return [];
    const before = entries[index - 1];
    return [before?.tag === memberName ? { ...entry, name: before.value } : entry];
  });
}

/** Integers take eight bytes instead of four. */
function lengthenIntegers(entries: readonly Entry[]): readonly Entry[] {
  return entries.map((entry) => (entry.tag === integerTag ? { ...entry, value: Buffer.concat([Buffer.alloc(4, (entry.value[0] ?? 0) & 0x80 ? 0xff : 0), entry.value]) } : entry));
}

/** Texts end after eight bytes. */
function cutTexts(entries: readonly Entry[]): readonly Entry[] {
  return entries.map((entry) => (entry.tag === textTag ? { ...entry, value: entry.value.subarray(0, keptOfText) } : entry));
}
