import { sectorSize, type BlockStore } from './block-store.ts';

/** A file of a volume's root directory; `name` is 8.3 in capitals, `DETAILS.TXT`. */
export interface VolumeFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export interface VolumePlan {
  /** First sector of the volume: 0 without a partition table. */
  readonly start: number;
  readonly sectors: number;
  /** At most 11 characters, in capitals. */
  readonly label: string;
  readonly serial: number;
  readonly files: readonly VolumeFile[];
}

const reserved = 1;
const rootEntries = 512;
const rootSectors = (rootEntries * 32) / sectorSize;
const endOfChain = 0xffff;
const partitionFat16 = 0x0e;

/** Where the parts of a FAT16 volume are, in sectors from its start (Microsoft FAT specification 1.03). */
interface Layout {
  readonly perCluster: number;
  readonly fatSectors: number;
  readonly root: number;
  readonly data: number;
}

function layoutOf(sectors: number): Layout {
  let perCluster = 1;
  while (sectors / perCluster > 65_000) perCluster *= 2;
  const fatSectors = Math.ceil(((sectors / perCluster + 2) * 2) / sectorSize);
  const root = reserved + 2 * fatSectors;
  return { perCluster, fatSectors, root, data: root + rootSectors };
}

/** Writes an empty or filled FAT16 volume, and a partition table where it does not begin at sector 0. */
export function formatVolume(store: BlockStore, plan: VolumePlan): void {
  const { perCluster, fatSectors, root, data } = layoutOf(plan.sectors);
  if (plan.start > 0) store.write(0, partitionTable(plan));
  store.write(plan.start, bootSector(plan, perCluster, fatSectors));
  const fat = Buffer.alloc(fatSectors * sectorSize);
  fat.writeUInt16LE(0xfff8, 0);
  fat.writeUInt16LE(endOfChain, 2);
  const directory = Buffer.alloc(rootSectors * sectorSize);
  directory.write(plan.label.padEnd(11).slice(0, 11), 0, 'latin1');
  directory.writeUInt8(0x08, 11);
  let cluster = 2;
  plan.files.forEach(({ name, content }, index) => {
    const clusters = Math.ceil(content.length / (perCluster * sectorSize));
    const entry = (index + 1) * 32;
    directory.write(shortName(name), entry, 'latin1');
    directory.writeUInt8(0x20, entry + 11);
    // 2020-01-01: a date that FAT can hold.
    directory.writeUInt16LE((40 << 9) | (1 << 5) | 1, entry + 24);
    directory.writeUInt16LE(clusters === 0 ? 0 : cluster, entry + 26);
    directory.writeUInt32LE(content.length, entry + 28);
    for (let each = 0; each < clusters; each += 1) fat.writeUInt16LE(each === clusters - 1 ? endOfChain : cluster + each + 1, (cluster + each) * 2);
    const padded = Buffer.alloc(Math.ceil(content.length / sectorSize) * sectorSize);
    padded.set(content);
    if (padded.length > 0) store.write(plan.start + data + (cluster - 2) * perCluster, padded);
    cluster += clusters;
  });
  store.write(plan.start + reserved, fat);
  store.write(plan.start + reserved + fatSectors, fat);
  store.write(plan.start + root, directory);
}

/** A file of the root directory as the disk holds it now, whoever wrote it; undefined if there is none of that name. */
export function readVolumeFile(store: BlockStore, start: number, sectors: number, name: string): Buffer | undefined {
  const { perCluster, fatSectors, root, data } = layoutOf(sectors);
  const directory = store.read(start + root, rootSectors);
  const fat = store.read(start + reserved, fatSectors);
  const wanted = shortName(name);
  for (let entry = 0; entry < directory.length && directory[entry] !== 0; entry += 32) {
    if (directory.toString('latin1', entry, entry + 11) !== wanted || ((directory[entry + 11] ?? 0) & 0x18) !== 0) continue;
    const size = directory.readUInt32LE(entry + 28);
    const parts: Buffer[] = [];
    let cluster = directory.readUInt16LE(entry + 26);
    for (let got = 0; got < size && cluster >= 2 && cluster < 0xfff0 && cluster * 2 < fat.length; got += perCluster * sectorSize) {
      parts.push(store.read(start + data + (cluster - 2) * perCluster, perCluster));
      cluster = fat.readUInt16LE(cluster * 2);
    }
    return Buffer.concat(parts).subarray(0, size);
  }
  return undefined;
}

/** First sector of the volume's data area, from the start of the disk. */
export function dataAreaOf(start: number, sectors: number): number {
  return start + layoutOf(sectors).data;
}

function shortName(name: string): string {
  const [base = '', extension = ''] = name.split('.');
  return base.padEnd(8).slice(0, 8) + extension.padEnd(3).slice(0, 3);
}

function bootSector(plan: VolumePlan, perCluster: number, fatSectors: number): Buffer {
  const sector = Buffer.alloc(sectorSize);
  sector.set([0xeb, 0x3c, 0x90]);
  sector.write('MSDOS5.0', 3, 'latin1');
  sector.writeUInt16LE(sectorSize, 11);
  sector.writeUInt8(perCluster, 13);
  sector.writeUInt16LE(reserved, 14);
  sector.writeUInt8(2, 16);
  sector.writeUInt16LE(rootEntries, 17);
  sector.writeUInt16LE(plan.sectors < 65_536 ? plan.sectors : 0, 19);
  sector.writeUInt8(0xf8, 21);
  sector.writeUInt16LE(fatSectors, 22);
  sector.writeUInt16LE(63, 24);
  sector.writeUInt16LE(255, 26);
  sector.writeUInt32LE(plan.start, 28);
  sector.writeUInt32LE(plan.sectors < 65_536 ? 0 : plan.sectors, 32);
  sector.writeUInt8(0x80, 36);
  sector.writeUInt8(0x29, 38);
  sector.writeUInt32LE(plan.serial, 39);
  sector.write(plan.label.padEnd(11).slice(0, 11), 43, 'latin1');
  sector.write('FAT16   ', 54, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function partitionTable(plan: VolumePlan): Buffer {
  const sector = Buffer.alloc(sectorSize);
  sector.writeUInt32LE(plan.serial, 440);
  sector.set([0x80, 0x20, 0x21, 0x00, partitionFat16, 0xfe, 0xff, 0xff], 446);
  sector.writeUInt32LE(plan.start, 454);
  sector.writeUInt32LE(plan.sectors, 458);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
