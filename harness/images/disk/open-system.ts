import type { Deadline } from '../../base/deadline.ts';
import { budgetSource } from './budget-source.ts';
import { FileSource, notRead, sliceOf, type ByteSource } from './byte-source.ts';
import { isExt } from './ext-superblock.ts';
import { ExtTree } from './ext-tree.ts';
import type { FileTree } from './file-tree.ts';
import { partitionsOf } from './partition-table.ts';
import { isQcow2, Qcow2Source } from './qcow2-source.ts';

/** The system inside a disk image. Dispose of it to close the file. */
export interface OpenSystem extends Disposable {
  readonly tree: FileTree;
  /** What a reader should know, such as that the journal was not replayed. */
  readonly notes: readonly string[];
}

/** Where the release of a system is told (os-release(5)). */
const marks = ['/usr/lib/os-release', '/etc/os-release'] as const;

/**
 * Opens the root file system of a raw or qcow2 disk without root rights, a mount or a boot. The file is untrusted: everything is read by
 * code that checks its bounds, nothing is written, and links never leave the image.
 * @param partition the number of the partition, when more than one holds a system
 * @throws HwlabError `image-damaged`, `image-layout-unknown`, blame usage; later reads `image-too-costly`
 */
export function openSystem(path: string, deadline: Deadline, partition?: number): OpenSystem {
  const file = new FileSource(path);
  try {
    return { ...findSystem(budgetSource(isQcow2(file) ? new Qcow2Source(file) : file, deadline), partition), [Symbol.dispose]: () => file[Symbol.dispose]() };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

function findSystem(disk: ByteSource, wanted: number | undefined): Omit<OpenSystem, typeof Symbol.dispose> {
  const parts = partitionsOf(disk).filter(({ number }) => wanted === undefined || number === wanted);
  const seen: string[] = [];
  const systems: ExtTree[] = [];
  for (const { number, start, length } of parts) {
    const where = number === 0 ? 'the whole disk' : `partition ${number}`;
    const source = sliceOf(disk, start, length);
    if (!isExt(source)) {
      seen.push(`${where}: ${knownLayout(source) ?? 'nothing known'}`);
      continue;
    }
    const tree = new ExtTree(source, where);
    if (marks.some((mark) => tree.sizeOf(mark) !== undefined)) systems.push(tree);
    else seen.push(`${tree.what}: no system (no ${marks[0]})`);
  }
  const [system, ...others] = systems;
  if (system === undefined) {
    throw notRead(`no ext2, ext3 or ext4 file system with a system in it (${seen.slice(0, 12).join('; ') || 'no such partition'})`, 'only ext4 roots are read; boot the image instead, or copy its tree onto ext4: mkfs.ext4 -d TREE');
  }
  return {
    tree: system,
    notes: [
      ...(system.needsRecovery ? [`${system.what} was not unmounted: what only its journal holds is not seen`] : []),
      ...(others.length > 0 ? [`${system.what} is read; ${others.map((tree) => tree.what).join(', ')} ${others.length === 1 ? 'holds' : 'hold'} a system too (--partition N)`] : []),
    ],
  };
}

/** Names of layouts that are recognised in order to say so. */
const layouts: readonly (readonly [at: number, magic: string, name: string])[] = [
  [0x10040, '_BHRfS_M', 'btrfs, which is not read'],
  [0, 'XFSB', 'XFS, which is not read'],
  [0, 'hsqs', 'squashfs, which is not read'],
  [512 + 24, 'LVM2 001', 'an LVM volume, which is not read'],
  [0, 'LUKS\xba\xbe', 'encrypted (LUKS), which is not read'],
  [1024, '\x10\x20\xf5\xf2', 'F2FS, which is not read'],
  [0x8001, 'CD001', 'ISO 9660, which is not read'],
  [3, 'NTFS    ', 'NTFS'],
  [54, 'FAT1', 'FAT'],
  [82, 'FAT32', 'FAT32'],
  [4086, 'SWAPSPACE2', 'swap'],
];

function knownLayout(source: ByteSource): string | undefined {
  return layouts.find(([at, magic]) => source.size >= at + magic.length && source.read(at, magic.length).toString('latin1') === magic)?.[2];
}
