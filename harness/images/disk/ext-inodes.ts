import { damaged, type ByteSource } from './byte-source.ts';
import { readSuperblock, type ExtSuperblock } from './ext-superblock.ts';
import { readAttributes } from './ext-attributes.ts';
import type { EntryKind } from './file-tree.ts';

export interface Inode {
  readonly number: number;
  readonly kind: EntryKind;
  readonly size: number;
  readonly flags: number;
  /** i_block: extents, block numbers, a short link or inline data. */
  readonly body: Buffer;
}

/** What `stat` and `getfattr` would say of an inode. */
export interface InodeFacts {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly links: number;
  readonly attributes: ReadonlyMap<string, Buffer>;
}

/** Consecutive blocks of a file. `block` 0 is a hole or was never written. */
interface Run {
  readonly first: number;
  readonly block: number;
  readonly count: number;
}

const extentsFlag = 0x80000;
const inlineFlag = 0x10000000;
const encryptedFlag = 0x800;
const mostRuns = 1 << 20;

/** Inodes and their content, of an ext2, ext3 or ext4 file system. */
export class ExtInodes {
  readonly superblock: ExtSuperblock;
  readonly #source: ByteSource;
  readonly #tables = new Map<number, number>();

  constructor(source: ByteSource) {
    this.#source = source;
    this.superblock = readSuperblock(source);
  }

  /** @throws HwlabError `image-damaged` */
  inode(number: number): Inode {
    const { inodes, inodesPerGroup, inodeSize, blockSize } = this.superblock;
    if (number < 1 || number > inodes) throw damaged(`inode ${number} of ${inodes}`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    const raw = this.#source.read(this.#tableOf(group) * blockSize + ((number - 1) % inodesPerGroup) * inodeSize, 128);
    const mode = raw.readUInt16LE(0) & 0xf000;
    const kind = mode === 0x8000 ? 'file' : mode === 0x4000 ? 'folder' : mode === 0xa000 ? 'link' : 'other';
    const high = kind === 'file' || kind === 'folder' ? raw.readUInt32LE(108) : 0;
    return { number, kind, size: raw.readUInt32LE(4) + high * 2 ** 32, flags: raw.readUInt32LE(32), body: raw.subarray(40, 100) };
  }

  /** @throws HwlabError `image-damaged` */
  facts(number: number): InodeFacts {
    const { inodesPerGroup, inodeSize, blockSize } = this.superblock;
    const raw = this.#source.read(this.#tableOf(Math.floor((number - 1) / inodesPerGroup)) * blockSize + ((number - 1) % inodesPerGroup) * inodeSize, inodeSize);
    const attributeBlock = raw.readUInt32LE(104) + raw.readUInt16LE(118) * 2 ** 32;
    return {
      mode: raw.readUInt16LE(0) & 0o7777,
      uid: raw.readUInt16LE(2) + raw.readUInt16LE(120) * 65536,
      gid: raw.readUInt16LE(24) + raw.readUInt16LE(122) * 65536,
      mtime: raw.readInt32LE(16),
      links: raw.readUInt16LE(26),
      attributes: readAttributes(raw, attributeBlock === 0 ? undefined : this.#block(attributeBlock)),
    };
  }

  /** The first `length` bytes of a file, folder or link. @throws HwlabError `image-damaged` */
  content(inode: Inode, length = inode.size): Buffer {
    const { blockSize } = this.superblock;
    if ((inode.flags & encryptedFlag) !== 0) throw damaged(`inode ${inode.number} is encrypted`);
    if ((inode.flags & inlineFlag) !== 0) return this.#inline(inode, length);
    // A short link lies in the inode itself.
    if (inode.kind === 'link' && inode.size < 60 && (inode.flags & extentsFlag) === 0) return inode.body.subarray(0, Math.min(length, inode.size));
    const runs = this.#runs(inode, Math.ceil(length / blockSize));
    const [only] = runs;
    // Most files lie in one piece, which needs no copy.
    if (runs.length === 1 && only !== undefined && only.first === 0 && only.block !== 0 && only.count * blockSize >= length) return this.#source.read(only.block * blockSize, length);
    const buffer = Buffer.alloc(length);
    let left = length;
    for (const { first, block, count } of runs) {
      const start = first * blockSize;
      if (block === 0 || start >= length) continue;
      const piece = Math.min(count * blockSize, length - start);
      if (piece > left) throw damaged(`extents of inode ${inode.number} overlap`);
      left -= piece;
      this.#source.read(block * blockSize, piece).copy(buffer, start);
    }
    return buffer;
  }

  /** Up to 60 bytes lie in the inode; what is longer goes on in an attribute, which the few files read here never need. */
  #inline(inode: Inode, length: number): Buffer {
    if (inode.size > 60) throw damaged(`inode ${inode.number} has ${inode.size} bytes of inline data`);
    return inode.body.subarray(0, Math.min(length, inode.size));
  }

  #tableOf(group: number): number {
    const known = this.#tables.get(group);
    if (known !== undefined) return known;
    const { blockSize, descriptorSize, descriptorsAt, firstMetaBlock, blocksPerGroup, firstDataBlock } = this.superblock;
    const perBlock = Math.floor(blockSize / descriptorSize);
    const metaBlock = Math.floor(group / perBlock);
    let at = (descriptorsAt + metaBlock) * blockSize;
    if (metaBlock >= firstMetaBlock) {
      // The first group of a meta group keeps the descriptors of all, behind its superblock copy if it has one (sparse_super2 aside, group 0 and powers of 3, 5, 7).
      const owner = metaBlock * perBlock;
      at = (firstDataBlock + owner * blocksPerGroup + (hasSuperblock(owner) ? 1 : 0)) * blockSize;
    }
    const descriptor = this.#source.read(at + (group % perBlock) * descriptorSize, descriptorSize);
    const table = descriptor.readUInt32LE(8) + (descriptorSize >= 64 ? descriptor.readUInt32LE(40) * 2 ** 32 : 0);
    if (table === 0) throw damaged(`group ${group} has no inodes`);
    this.#tables.set(group, table);
    return table;
  }

  #runs(inode: Inode, blocks: number): readonly Run[] {
    const runs: Run[] = [];
    if ((inode.flags & extentsFlag) !== 0) this.#extents(inode.body, runs, 5);
    else this.#mapped(inode.body, blocks, runs);
    return runs;
  }

  /** A tree that points to itself costs one visit a block, and the budget of the source ends it. */
  #extents(node: Buffer, runs: Run[], depthLeft: number): void {
    if (runs.length >= mostRuns) throw damaged('a file has more than a million extents');
    if (node.readUInt16LE(0) !== 0xf30a) throw damaged('an extent block does not begin as one');
    const entries = node.readUInt16LE(2);
    const depth = node.readUInt16LE(6);
    if (depth > depthLeft || 12 + entries * 12 > node.length) throw damaged('an extent tree makes no sense');
    for (let index = 0; index < entries; index += 1) {
      const at = 12 + index * 12;
      if (depth > 0) {
        const child = node.readUInt32LE(at + 4) + node.readUInt16LE(at + 8) * 2 ** 32;
        this.#extents(this.#block(child), runs, depth - 1);
        continue;
      }
      const length = node.readUInt16LE(at + 4);
      const unwritten = length > 32768;
      const block = node.readUInt32LE(at + 8) + node.readUInt16LE(at + 6) * 2 ** 32;
      runs.push({ first: node.readUInt32LE(at), block: unwritten ? 0 : block, count: unwritten ? length - 32768 : length });
    }
  }

  /** Twelve direct blocks, then one, two and three levels of tables, as in ext2. */
  #mapped(body: Buffer, blocks: number, runs: Run[]): void {
    let next = 0;
    const add = (block: number): void => {
      const last = runs.at(-1);
      if (last && block !== 0 && last.block + last.count === block) runs[runs.length - 1] = { ...last, count: last.count + 1 };
      else if (block !== 0) runs.push({ first: next, block, count: 1 });
      next += 1;
    };
    const perTable = this.superblock.blockSize / 4;
    const walk = (table: number, level: number): void => {
      if (next >= blocks) return;
      if (table === 0) {
        next += perTable ** level;
        return;
      }
      const entries = this.#block(table);
      for (let at = 0; at < entries.length && next < blocks; at += 4) {
        if (level === 1) add(entries.readUInt32LE(at));
        else walk(entries.readUInt32LE(at), level - 1);
      }
    };
    for (let index = 0; index < 12 && next < blocks; index += 1) add(body.readUInt32LE(index * 4));
    for (const level of [1, 2, 3]) walk(body.readUInt32LE((11 + level) * 4), level);
  }

  #block(number: number): Buffer {
    return this.#source.read(number * this.superblock.blockSize, this.superblock.blockSize);
  }
}

function hasSuperblock(group: number): boolean {
  if (group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}
