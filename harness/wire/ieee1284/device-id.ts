import { HwlabError } from '../../base/hwlab-error.ts';

/** One key of an IEEE 1284 device id, as it stands: `{ key: 'MFG', value: 'HP' }`. */
export interface DeviceIdField {
  readonly key: string;
  readonly value: string;
}

/** The answer to GET_DEVICE_ID: two bytes big-endian length that count themselves, then the text (USB printer class 1.1, 4.2.1). */
export function encodeDeviceId(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > 0xffff - 2) throw new RangeError(`a device id has at most 65533 bytes, not ${bytes.length}`);
  const answer = Buffer.alloc(bytes.length + 2);
  answer.writeUInt16BE(answer.length, 0);
  bytes.copy(answer, 2);
  return answer;
}

/**
 * The text of an answer to GET_DEVICE_ID.
 * @throws HwlabError `device-id-malformed` with the offset, if the length is not that of the answer.
 */
export function decodeDeviceId(answer: Uint8Array): string {
  if (answer.length < 2) throw malformed(0, `has ${answer.length} bytes; its length alone needs two`);
  const length = ((answer[0] ?? 0) << 8) | (answer[1] ?? 0);
  if (length !== answer.length) throw malformed(0, `says it has ${length} bytes, but has ${answer.length}`);
  return Buffer.from(answer.subarray(2)).toString('utf8');
}

/** Splits `MFG:HP;MDL:LaserJet;` into its fields, in order. A field without a colon gets an empty value. */
export function parseDeviceId(text: string): readonly DeviceIdField[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const colon = part.indexOf(':');
      return colon < 0 ? { key: part, value: '' } : { key: part.slice(0, colon).trim(), value: part.slice(colon + 1).trim() };
    });
}

/** The value of the first of `keys` that the id has; the short and the long key mean the same: `MFG`, `MANUFACTURER`. */
export function deviceIdField(text: string, ...keys: readonly string[]): string | undefined {
  const fields = parseDeviceId(text);
  for (const key of keys) {
    const field = fields.find((candidate) => candidate.key.toUpperCase() === key);
    if (field) return field.value;
  }
  return undefined;
}

function malformed(offset: number, message: string): HwlabError {
  return new HwlabError({ code: 'device-id-malformed', blame: 'product', message: `IEEE 1284 device id, byte ${offset}: ${message}`, facts: { offset } });
}
