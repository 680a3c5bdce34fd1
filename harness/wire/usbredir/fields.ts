import { has, type CapabilitySet } from './capabilities.ts';
import type { FieldKind, FieldLayout } from './layouts.ts';
import { redirStatuses, type RedirStatus } from './packet.ts';

/** A decoded or not yet encoded type header. */
export type FieldValues = Record<string, unknown>;

const sizes: Readonly<Record<FieldKind, number>> = {
  'u8': 1,
  'u16': 2,
  'u32': 4,
  'status': 1,
  'high16': 2,
  'u8[32]': 32,
  'u16[32]': 64,
  'u32[32]': 128,
  'text[64]': 64,
};

/** The fields that exist when both peers have `common`. */
export function activeFields(fields: readonly FieldLayout[], common: CapabilitySet): readonly FieldLayout[] {
  return fields.filter(([, , needs]) => needs === undefined || has(common, needs));
}

/** Bytes of the given fields. */
export function sizeOf(fields: readonly FieldLayout[]): number {
  return fields.reduce((sum, [, kind]) => sum + sizes[kind], 0);
}

/** Reads fields from the start of `bytes` into `into`; a status that is not known reads as `io-error`, as the protocol asks. */
export function readFields(fields: readonly FieldLayout[], bytes: Buffer, into: FieldValues): void {
  let at = 0;
  for (const [name, kind] of fields) {
    into[name] = readField(kind, bytes, at, into[name]);
    at += sizes[kind];
  }
}

function readField(kind: FieldKind, bytes: Buffer, at: number, before: unknown): unknown {
  switch (kind) {
    case 'u8':
      return bytes[at];
    case 'u16':
      return bytes.readUInt16LE(at);
    case 'u32':
      return bytes.readUInt32LE(at);
    case 'status':
      return redirStatuses[bytes[at] ?? 255] ?? 'io-error';
    case 'high16':
      return Number(before) + bytes.readUInt16LE(at) * 0x10000;
    case 'u8[32]':
      return Array.from(bytes.subarray(at, at + 32));
    case 'u16[32]':
      return Array.from({ length: 32 }, (_, index) => bytes.readUInt16LE(at + 2 * index));
    case 'u32[32]':
      return Array.from({ length: 32 }, (_, index) => bytes.readUInt32LE(at + 4 * index));
    case 'text[64]':
      return bytes.toString('latin1', at, at + 64).replace(/\0[^]*$/, '');
  }
}

/** Writes fields to `bytes` from `at`; a field that the packet does not have is written as zero. @throws RangeError if a value does not fit. */
export function writeFields(fields: readonly FieldLayout[], values: FieldValues, bytes: Buffer, at: number): void {
  let place = at;
  for (const [name, kind] of fields) {
    const split = fields.some(([other, otherKind]) => other === name && otherKind === 'high16');
    writeField(kind, values[name], bytes, place, split);
    place += sizes[kind];
  }
}

function writeField(kind: FieldKind, value: unknown, bytes: Buffer, at: number, split: boolean): void {
  switch (kind) {
    case 'u8':
      bytes.writeUInt8(Number(value ?? 0), at);
      return;
    case 'u16':
      bytes.writeUInt16LE(split ? Number(value ?? 0) & 0xffff : Number(value ?? 0), at);
      return;
    case 'u32':
      bytes.writeUInt32LE(Number(value ?? 0), at);
      return;
    case 'status':
      bytes[at] = redirStatuses.indexOf((value ?? 'ok') as RedirStatus);
      return;
    case 'high16':
      bytes.writeUInt16LE(Math.floor(Number(value ?? 0) / 0x10000), at);
      return;
    case 'u8[32]':
      list(value).forEach((element, index) => bytes.writeUInt8(element, at + index));
      return;
    case 'u16[32]':
      list(value).forEach((element, index) => bytes.writeUInt16LE(element, at + 2 * index));
      return;
    case 'u32[32]':
      list(value).forEach((element, index) => bytes.writeUInt32LE(element, at + 4 * index));
      return;
    case 'text[64]':
      bytes.write(String(value ?? '').slice(0, 63), at, 'latin1');
      return;
  }
}

function list(value: unknown): readonly number[] {
  return ((value ?? []) as readonly number[]).slice(0, 32);
}
