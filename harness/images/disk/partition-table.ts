import type { ByteSource } from './byte-source.ts';

/** A part of a disk that may hold a file system. */
export interface Partition {
  /** From 1, as Linux counts; 0 for the whole disk. */
  readonly number: number;
  /** Bytes from the begin of the disk. */
  readonly start: number;
  readonly length: number;
}

const mostEntries = 256;
const mostLogical = 64;

/** The partitions of a disk by its GPT (UEFI specification 2.10, 5.3) or classic table; the whole disk when it has none. Never throws for what a table says. */
export function partitionsOf(disk: ByteSource): readonly Partition[] {
  const whole: Partition = { number: 0, start: 0, length: disk.size };
  for (const sector of [512, 4096]) {
    if (disk.size >= sector * 34 && disk.read(sector, 8).toString('latin1') === 'EFI PART') return inside(disk, gpt(disk, sector));
  }
  if (disk.size < 512) return [whole];
  const first = disk.read(0, 512);
  if (first.readUInt16LE(510) !== 0xaa55 || !looksLikeTable(first)) return [whole];
  const found = inside(disk, classic(disk, first));
  return found.length === 0 ? [whole] : found;
}

function gpt(disk: ByteSource, sector: number): Partition[] {
  const header = disk.read(sector, 92);
  const entries = Math.min(header.readUInt32LE(80), mostEntries);
  const size = header.readUInt32LE(84);
  const start = Number(header.readBigUInt64LE(72)) * sector;
  if (size < 128 || size > 4096 || start + entries * size > disk.size) return [];
  const table = disk.read(start, entries * size);
  return Array.from({ length: entries }, (_unused, index) => table.subarray(index * size, (index + 1) * size)).flatMap((entry, index) => {
    if (entry.subarray(0, 16).every((byte) => byte === 0)) return [];
    const from = Number(entry.readBigUInt64LE(32));
    const to = Number(entry.readBigUInt64LE(40));
    return [{ number: index + 1, start: from * sector, length: (to - from + 1) * sector }];
  });
}

/** A boot sector of a file system ends in 55 AA too; the entries of a table have a status of 00 or 80. */
function looksLikeTable(sector: Buffer): boolean {
  return [446, 462, 478, 494].every((at) => sector[at] === 0 || sector[at] === 0x80) && [446, 462, 478, 494].some((at) => sector[at + 4] !== 0);
}

function classic(disk: ByteSource, first: Buffer): Partition[] {
  const found: Partition[] = [];
  for (let index = 0; index < 4; index += 1) {
    const { type, start, length } = entryOf(first, index);
    if (isExtended(type)) found.push(...logical(disk, start));
    else if (type !== 0) found.push({ number: index + 1, start: start * 512, length: length * 512 });
  }
  return found;
}

/** The chain of tables inside an extended partition; links are relative to its begin. */
function logical(disk: ByteSource, extended: number): Partition[] {
  const found: Partition[] = [];
  const seen = new Set<number>();
  for (let at = extended; !seen.has(at) && seen.size < mostLogical && (at + 1) * 512 <= disk.size; ) {
    seen.add(at);
    const table = disk.read(at * 512, 512);
    if (table.readUInt16LE(510) !== 0xaa55) break;
    const own = entryOf(table, 0);
    const next = entryOf(table, 1);
    if (own.type !== 0) found.push({ number: 5 + found.length, start: (at + own.start) * 512, length: own.length * 512 });
    if (!isExtended(next.type)) break;
    at = extended + next.start;
  }
  return found;
}

function entryOf(table: Buffer, index: number): { type: number; start: number; length: number } {
  const at = 446 + index * 16;
  return { type: table[at + 4] ?? 0, start: table.readUInt32LE(at + 8), length: table.readUInt32LE(at + 12) };
}

function isExtended(type: number): boolean {
  return type === 0x05 || type === 0x0f || type === 0x85;
}

function inside(disk: ByteSource, partitions: readonly Partition[]): readonly Partition[] {
  return partitions.filter(({ start, length }) => start > 0 && length > 0 && start < disk.size).map((one) => ({ ...one, length: Math.min(one.length, disk.size - one.start) }));
}
