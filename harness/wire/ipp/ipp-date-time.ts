import { ippMalformed } from './ipp-malformed.ts';

const pattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d)([+-])(\d{2}):(\d{2})$/;

/** DateAndTime of RFC 2579 (11 bytes) as `2026-11-22T03:15:00.5+03:00`. */
export function decodeDateTime(bytes: Uint8Array, offset: number): string {
  const [high = 0, low = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, tenth = 0, sign = 0, zoneHour = 0, zoneMinute = 0] = bytes;
  const signText = String.fromCharCode(sign);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || tenth > 9 || !'+-'.includes(signText) || zoneHour > 14 || zoneMinute > 59) {
    throw ippMalformed(offset, `not a date and time: ${Buffer.from(bytes).toString('hex')}`);
  }
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(high * 256 + low).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${tenth}${signText}${two(zoneHour)}:${two(zoneMinute)}`;
}

/** @throws RangeError if `value` does not have the form that `decodeDateTime` gives. */
export function encodeDateTime(value: string): Uint8Array {
  const parts = pattern.exec(value);
  if (!parts) throw new RangeError(`not a date and time of the form 2026-11-22T03:15:00.5+03:00: ${value}`);
  const year = Number(parts[1]);
  const number = (index: number): number => Number(parts[index]);
  return Uint8Array.of(year >> 8, year & 0xff, number(2), number(3), number(4), number(5), number(6), number(7), parts[8] === '-' ? 0x2d : 0x2b, number(9), number(10));
}
