import { hidError } from './hid-error.ts';
import type { HidField, HidReport } from './report-descriptor.ts';

/** Values of the fields of one report, in logical units. Fields that are not named are 0. */
export type HidValues = ReadonlyMap<HidField, number>;

/**
 * The bytes of a report, its id first where it has one. Values are kept as they are, also outside the logical limits, as long as
 * they fit into the field's bits: a device may be meant to misbehave.
 * @throws HwlabError usage `hid-value`
 */
export function buildReport(report: HidReport, values: HidValues): Uint8Array {
  const bytes = new Uint8Array(report.bytes);
  const base = report.id === 0 ? 0 : 8;
  if (report.id !== 0) bytes[0] = report.id;
  for (const [field, value] of values) {
    if (!report.fields.includes(field)) throw hidError('hid-value', `${usageName(field.usage)} is not a field of ${report.kind} report ${report.id}`);
    const lowest = field.logicalMin < 0 ? -(2 ** (field.bits - 1)) : 0;
    const highest = field.logicalMin < 0 ? 2 ** (field.bits - 1) - 1 : 2 ** field.bits - 1;
    if (!Number.isSafeInteger(value) || value < lowest || value > highest) {
      throw hidError('hid-value', `${value} does not fit into ${usageName(field.usage)}, which has ${field.bits} bits for ${lowest}..${highest}`);
    }
    putBits(bytes, base + field.bitOffset, field.bits, BigInt(value));
  }
  return bytes;
}

/** @throws HwlabError usage `hid-report-length` or `hid-report-id` */
export function readReport(report: HidReport, bytes: Uint8Array): ReadonlyMap<HidField, number> {
  if (bytes.length !== report.bytes) throw hidError('hid-report-length', `${report.kind} report ${report.id} has ${report.bytes} bytes, not ${bytes.length}`, bytes.length);
  if (report.id !== 0 && bytes[0] !== report.id) throw hidError('hid-report-id', `report id ${bytes[0]} where ${report.id} was expected`, 0);
  const base = report.id === 0 ? 0 : 8;
  return new Map(report.fields.map((field) => [field, Number(takeBits(bytes, base + field.bitOffset, field.bits, field.logicalMin < 0))]));
}

/** `0x000d0051`: the usage page and id, as the HID Usage Tables print them. */
export function usageName(usage: number): string {
  return `usage 0x${usage.toString(16).padStart(8, '0')}`;
}

/** Fields are little-endian and start at any bit (HID 1.11, 5.8). */
function putBits(bytes: Uint8Array, at: number, count: number, value: bigint): void {
  let rest = BigInt.asUintN(count, value);
  for (let bit = at; bit < at + count; ) {
    const room = Math.min(8 - (bit & 7), at + count - bit);
    const piece = Number(rest & ((1n << BigInt(room)) - 1n));
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (piece << (bit & 7));
    rest >>= BigInt(room);
    bit += room;
  }
}

function takeBits(bytes: Uint8Array, at: number, count: number, signed: boolean): bigint {
  let value = 0n;
  for (let bit = at; bit < at + count; ) {
    const room = Math.min(8 - (bit & 7), at + count - bit);
    const piece = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & ((1 << room) - 1);
    value |= BigInt(piece) << BigInt(bit - at);
    bit += room;
  }
  return signed ? BigInt.asIntN(count, value) : value;
}
