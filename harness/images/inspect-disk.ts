import { open, type FileHandle } from 'node:fs/promises';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { runCommand } from '../base/run-command.ts';

export type DiskFormat = 'qcow2' | 'raw';

const mostVirtualBytes = 2n * 1024n ** 4n;

/**
 * The format of a disk image that a user brought, after checks that it is whole and keeps to itself. The file is untrusted: its header is
 * read here first, since tools follow what a header names (backing file, data file) as soon as they open it.
 * @param shown the file as the user named it, for messages
 * @throws HwlabError `image-refused`, blame usage
 */
export async function inspectDisk(path: string, shown: string, deadline: Deadline): Promise<DiskFormat> {
  const file = await open(path, 'r').catch((cause: unknown) => refuse(shown, 'it cannot be read', undefined, cause));
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, 1024);
    if (head.length < 512) return refuse(shown, `it has only ${size} bytes`);
    if (head.readUInt32BE(0) === 0x514649fb) {
      checkQcow2Header(shown, head);
      await checkQcow2Whole(path, shown, size, deadline);
      return 'qcow2';
    }
    const other = foreignFormats.find(([magic]) => head.subarray(0, magic.length).equals(magic));
    if (other) return refuse(shown, `it is ${other[1]}`, `convert it: qemu-img convert -O qcow2 '${shown}' image.qcow2`);
    await checkRaw(shown, file, head, size);
    return 'raw';
  } finally {
    await file.close();
  }
}

const foreignFormats: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('KDMV'), 'a VMDK file'],
  [Buffer.from('# Disk DescriptorFile'), 'a VMDK description'],
  [Buffer.from('conectix'), 'a VHD file'],
  [Buffer.from('vhdxfile'), 'a VHDX file'],
  [Buffer.from('<<< '), 'a VDI file'],
  [Buffer.from('QED\0'), 'a QED file'],
  [Buffer.from([0x1f, 0x8b]), 'compressed with gzip; unpack it first'],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), 'compressed with xz; unpack it first'],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'compressed with zstd; unpack it first'],
  [Buffer.from('PK\x03\x04'), 'a ZIP archive; unpack it first'],
];

/** docs/interop/qcow2.txt of QEMU, "Header". */
function checkQcow2Header(shown: string, head: Buffer): void {
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) refuse(shown, `qcow2 version ${version} is not known`);
  if (head.readBigUInt64BE(8) !== 0n) refuse(shown, 'it names a backing file', 'make one whole file of it: qemu-img convert -O qcow2');
  if (head.readUInt32BE(32) !== 0) refuse(shown, 'it is encrypted');
  if (version === 3 && (head.readBigUInt64BE(72) & 0x4n) !== 0n) refuse(shown, 'it names an external data file', 'make one whole file of it: qemu-img convert -O qcow2');
  if (version === 3 && (head.readBigUInt64BE(72) & 0x3n) !== 0n) refuse(shown, 'it is marked dirty or corrupt', 'repair it: qemu-img check -r all');
  const bytes = head.readBigUInt64BE(24);
  if (bytes === 0n || bytes > mostVirtualBytes) refuse(shown, `its disk would have ${bytes} bytes`);
}

async function checkQcow2Whole(path: string, shown: string, size: number, deadline: Deadline): Promise<void> {
  // Exit codes: 0 whole, 3 lost clusters only (harmless), 1 not checked, 2 corrupt.
  const { exitCode, stdout, stderr } = await runCommand('qemu-img', ['check', '-f', 'qcow2', '--output=json', '-U', path], { deadline, accept: [0, 1, 2, 3] });
  if (exitCode === 1 || exitCode === 2) return refuse(shown, `qemu-img check finds it damaged: ${(stderr || stdout).trim().split('\n')[0]?.slice(0, 200) ?? ''}`, 'get the file again and compare its checksum');
  const { 'image-end-offset': end = 0 } = JSON.parse(stdout) as { 'image-end-offset'?: number };
  // The last cluster (64 KiB by default, at most 2 MiB) may be shorter in the file.
  const cluster = 2 ** (await clusterBits(path));
  if (size + cluster <= end) refuse(shown, `it is truncated: ${size} bytes of at least ${end - cluster}`, 'get the file again and compare its checksum');
}

async function clusterBits(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    return Math.min(21, Math.max(9, (await readAt(file, 20, 4)).readUInt32BE(0)));
  } finally {
    await file.close();
  }
}

/** A raw disk is known by its partition table: classic (MBR) or GPT (UEFI specification 2.10, section 5.3.2). */
async function checkRaw(shown: string, file: FileHandle, head: Buffer, size: number): Promise<void> {
  if (head.readUInt16LE(510) !== 0xaa55) refuse(shown, 'it is neither qcow2 nor a raw disk with a partition table or boot sector');
  if (size % 512 !== 0) refuse(shown, `it is truncated: ${size} bytes are not whole sectors`, 'get the file again and compare its checksum');
  const sectors = size / 512;
  if (head.subarray(512, 520).toString('latin1') === 'EFI PART') {
    const backup = Number(head.readBigUInt64LE(512 + 32));
    const there = backup < sectors ? await readAt(file, backup * 512, 8) : Buffer.alloc(0);
    if (there.toString('latin1') !== 'EFI PART') refuse(shown, `it is truncated: the second partition table at sector ${backup} is missing`, 'get the file again and compare its checksum');
    return;
  }
  for (let entry = 446; entry < 510; entry += 16) {
    const end = head.readUInt32LE(entry + 8) + head.readUInt32LE(entry + 12);
    if (head[entry + 4] !== 0 && end > sectors) refuse(shown, `it is truncated: a partition ends at sector ${end} of ${sectors}`, 'get the file again and compare its checksum');
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function refuse(shown: string, why: string, advice?: string, cause?: unknown): never {
  throw new HwlabError({ code: 'image-refused', blame: 'usage', message: `${shown} is refused: ${why}`, ...(advice === undefined ? {} : { advice }), ...(cause === undefined ? {} : { cause }) });
}
