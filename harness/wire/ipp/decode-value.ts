import { decodeDateTime } from './ipp-date-time.ts';
import { ippMalformed } from './ipp-malformed.ts';
import type { IppValue } from './ipp-message.ts';
import { outOfBandNames, stringNames, valueNumbers } from './ipp-tags.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes the bytes of one value that is no collection. `offset` is that of `bytes` in the message. */
export function decodeValue(tagNumber: number, bytes: Uint8Array, offset: number): IppValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const outOfBand = outOfBandNames.get(tagNumber);
  // A value of an out-of-band tag has to be empty, but RFC 8010, 3.8 tells a reader to ignore what is there.
  if (outOfBand) return { tag: outOfBand };
  const stringTag = stringNames.get(tagNumber);
  if (stringTag) return { tag: stringTag, value: text(bytes, offset) };
  switch (tagNumber) {
    case valueNumbers.integer:
    case valueNumbers.enum:
      need(bytes, 4, 'an integer', offset);
      return { tag: tagNumber === valueNumbers.enum ? 'enum' : 'integer', value: view.getInt32(0) };
    case valueNumbers.boolean:
      need(bytes, 1, 'a boolean', offset);
      if (view.getUint8(0) > 1) throw ippMalformed(offset, `a boolean is 0 or 1, not ${view.getUint8(0)}`);
      return { tag: 'boolean', value: view.getUint8(0) === 1 };
    case valueNumbers.octetString:
      return { tag: 'octetString', value: Buffer.from(bytes).toString('hex') };
    case valueNumbers.dateTime:
      need(bytes, 11, 'a dateTime', offset);
      return { tag: 'dateTime', value: decodeDateTime(bytes, offset) };
    case valueNumbers.resolution: {
      need(bytes, 9, 'a resolution', offset);
      const units = view.getUint8(8);
      if (units !== 3 && units !== 4) throw ippMalformed(offset + 8, `the unit of a resolution is 3 or 4, not ${units}`);
      return { tag: 'resolution', x: view.getInt32(0), y: view.getInt32(4), units: units === 3 ? 'dpi' : 'dpcm' };
    }
    case valueNumbers.rangeOfInteger:
      need(bytes, 8, 'a rangeOfInteger', offset);
      return { tag: 'rangeOfInteger', lower: view.getInt32(0), upper: view.getInt32(4) };
    case valueNumbers.textWithLanguage:
    case valueNumbers.nameWithLanguage:
      return { tag: tagNumber === valueNumbers.textWithLanguage ? 'textWithLanguage' : 'nameWithLanguage', ...withLanguage(bytes, view, offset) };
    default:
      return { tag: 'other', number: tagNumber, value: Buffer.from(bytes).toString('hex') };
  }
}

function withLanguage(bytes: Uint8Array, view: DataView, offset: number): { language: string; value: string } {
  if (bytes.length < 4) throw ippMalformed(offset, 'a text with language has at least four bytes');
  const languageLength = view.getUint16(0);
  if (bytes.length < 4 + languageLength) throw ippMalformed(offset, `the language of ${languageLength} bytes does not fit in a value of ${bytes.length}`);
  const valueLength = view.getUint16(2 + languageLength);
  if (bytes.length !== 4 + languageLength + valueLength) throw ippMalformed(offset, `the text of ${valueLength} bytes does not fit in a value of ${bytes.length}`);
  return { language: text(bytes.subarray(2, 2 + languageLength), offset + 2), value: text(bytes.subarray(4 + languageLength), offset + 4 + languageLength) };
}

function text(bytes: Uint8Array, offset: number): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw ippMalformed(offset, 'the text is not UTF-8');
  }
}

function need(bytes: Uint8Array, length: number, what: string, offset: number): void {
  if (bytes.length !== length) throw ippMalformed(offset, `${what} has ${length} bytes, not ${bytes.length}`);
}
