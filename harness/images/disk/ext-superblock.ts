import { damaged, notRead, type ByteSource } from './byte-source.ts';

/** What a reader needs of an ext2, ext3 or ext4 superblock (Documentation/filesystems/ext4 of Linux). */
export interface ExtSuperblock {
  readonly blockSize: number;
  readonly blocks: number;
  readonly inodes: number;
  readonly inodesPerGroup: number;
  readonly inodeSize: number;
  readonly descriptorSize: number;
  /** Block of the first group descriptor. */
  readonly descriptorsAt: number;
  /** With META_BG, descriptors from this block of them on lie with their groups. */
  readonly firstMetaBlock: number;
  readonly blocksPerGroup: number;
  readonly firstDataBlock: number;
  readonly name: 'ext2' | 'ext3' | 'ext4';
  /** It was not unmounted, and its journal holds changes that are not read here. */
  readonly needsRecovery: boolean;
}

const superblockAt = 1024;
/** FILETYPE, RECOVER, META_BG, EXTENTS, 64BIT, MMP, FLEX_BG, EA_INODE, CSUM_SEED, LARGEDIR, INLINE_DATA, CASEFOLD, ENCRYPT (of single folders). */
const readable = 0x2 | 0x4 | 0x10 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000;

export function isExt(source: ByteSource): boolean {
  return source.size >= superblockAt + 1024 && source.read(superblockAt + 56, 2).readUInt16LE(0) === 0xef53;
}

/** @throws HwlabError `image-damaged`, `image-layout-unknown` */
export function readSuperblock(source: ByteSource): ExtSuperblock {
  const block = source.read(superblockAt, 1024);
  const incompatible = block.readUInt32LE(96);
  const unknown = incompatible & ~readable;
  if (unknown !== 0) throw notRead(`ext4 features 0x${unknown.toString(16)} are not known`, 'make the file system without them: mkfs.ext4 -O ^FEATURE');
  const sizeBits = block.readUInt32LE(24);
  if (sizeBits > 6) throw damaged(`ext4 blocks of 2^${10 + sizeBits} bytes`);
  const blockSize = 1024 << sizeBits;
  const wide = (incompatible & 0x80) !== 0;
  const inodeSize = block.readUInt32LE(76) === 0 ? 128 : block.readUInt16LE(88);
  const descriptorSize = wide ? block.readUInt16LE(254) : 32;
  const superblock: ExtSuperblock = {
    blockSize,
    blocks: block.readUInt32LE(4) + (wide ? block.readUInt32LE(336) * 2 ** 32 : 0),
    inodes: block.readUInt32LE(0),
    inodesPerGroup: block.readUInt32LE(40),
    inodeSize,
    descriptorSize,
    descriptorsAt: blockSize === 1024 ? 2 : 1,
    firstMetaBlock: (incompatible & 0x10) === 0 ? Infinity : block.readUInt32LE(260),
    blocksPerGroup: block.readUInt32LE(32),
    firstDataBlock: block.readUInt32LE(20),
    name: (incompatible & 0x2c0) !== 0 ? 'ext4' : (block.readUInt32LE(92) & 0x4) !== 0 ? 'ext3' : 'ext2',
    needsRecovery: (incompatible & 0x4) !== 0,
  };
  if (inodeSize < 128 || inodeSize > blockSize || (inodeSize & (inodeSize - 1)) !== 0) throw damaged(`ext4 inodes of ${inodeSize} bytes`);
  if (descriptorSize < 32 || descriptorSize > 1024 || superblock.inodesPerGroup === 0 || superblock.blocksPerGroup === 0) throw damaged('the ext4 superblock makes no sense');
  if (superblock.blocks * blockSize > source.size) throw damaged(`its ext4 file system has ${superblock.blocks * blockSize} bytes, its partition ${source.size}`);
  return superblock;
}
