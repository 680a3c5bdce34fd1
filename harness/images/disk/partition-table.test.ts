import { expect } from 'chai';
import { partitionsOf } from './partition-table.ts';
import { bufferSource } from './testing/buffer-source.ts';

const sectors = 4096;

function classic(entries: readonly (readonly [type: number, start: number, length: number])[], disk: Buffer = Buffer.alloc(sectors * 512), at = 0): Buffer {
  disk.writeUInt16LE(0xaa55, at * 512 + 510);
  entries.forEach(([type, start, length], index) => {
    const entry = at * 512 + 446 + index * 16;
    disk[entry + 4] = type;
    disk.writeUInt32LE(start, entry + 8);
    disk.writeUInt32LE(length, entry + 12);
  });
  return disk;
}

function gpt(entries: readonly (readonly [first: number, last: number])[], sector = 512, more: (disk: Buffer) => void = () => undefined): Buffer {
  const disk = Buffer.alloc(sectors * 512);
  disk.write('EFI PART', sector, 'latin1');
  disk.writeBigUInt64LE(2n, sector + 72);
  disk.writeUInt32LE(128, sector + 80);
  disk.writeUInt32LE(128, sector + 84);
  entries.forEach(([first, last], index) => {
    const at = 2 * sector + index * 128;
    disk[at] = 0xaf;
    disk.writeBigInt64LE(BigInt(first), at + 32);
    disk.writeBigInt64LE(BigInt(last), at + 40);
  });
  more(disk);
  return disk;
}

const numbers = (disk: Buffer): readonly (readonly [number, number, number])[] => partitionsOf(bufferSource(disk)).map(({ number, start, length }) => [number, start / 512, length / 512] as const);

describe('partitionsOf', () => {
  it('takes a disk without a table as one', () => {
    expect(numbers(Buffer.alloc(sectors * 512))).to.deep.equal([[0, 0, sectors]]);
    expect(numbers(Buffer.alloc(100)).length).to.equal(1);
    // The boot sector of a FAT file system ends in 55 AA too.
    const fat = Buffer.alloc(sectors * 512, 0x41);
    fat.writeUInt16LE(0xaa55, 510);
    expect(numbers(fat)).to.deep.equal([[0, 0, sectors]]);
  });

  it('reads a classic table, with logical partitions', () => {
    const disk = classic([[0x83, 64, 100], [0x05, 1000, 2000]]);
    classic([[0x83, 8, 200], [0x05, 500, 500]], disk, 1000);
    classic([[0x83, 8, 300]], disk, 1500);
    expect(numbers(disk)).to.deep.equal([[1, 64, 100], [5, 1008, 200], [6, 1508, 300]]);
  });

  it('reads a GPT, in sectors of 512 and of 4096 bytes', () => {
    expect(numbers(gpt([[64, 163], [200, 299]]))).to.deep.equal([[1, 64, 100], [2, 200, 100]]);
    expect(numbers(gpt([[64, 99]], 4096))).to.deep.equal([[1, 512, 288]]);
  });

  it('is not led astray by a hostile table', () => {
    const circle = classic([[0x05, 1000, 2000]]);
    classic([[0x83, 8, 200], [0x05, 0, 500]], circle, 1000);
    expect(numbers(circle)).to.deep.equal([[5, 1008, 200]]);
    expect(numbers(classic([[0x83, 5000, 10], [0x83, 0, 10], [0x83, 4000, 0xffffffff]]))).to.deep.equal([[3, 4000, 96]]);
    expect(numbers(gpt([[100, 50], [-5, 5], [4000, 1 << 30]]))).to.deep.equal([[3, 4000, 96]]);
    expect(numbers(gpt([[64, 163]], 512, (disk) => disk.writeUInt32LE(0xffffffff, 512 + 84)))).to.deep.equal([]);
    expect(numbers(gpt([[64, 163]], 512, (disk) => disk.writeBigUInt64LE(1n << 62n, 512 + 72)))).to.deep.equal([]);
  });
});
