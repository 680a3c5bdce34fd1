import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { inspectDisk } from './inspect-disk.ts';

/** A qcow2 header (version 3) with 64 KiB clusters and 1 MiB of disk; nothing behind it. */
function header(change: (bytes: Buffer) => void = () => undefined): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.writeUInt32BE(0x514649fb, 0);
  bytes.writeUInt32BE(3, 4);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(1n << 20n, 24);
  change(bytes);
  return bytes;
}

function raw(sectors: number, change: (bytes: Buffer) => void = () => undefined): Buffer {
  const bytes = Buffer.alloc(sectors * 512);
  bytes.writeUInt16LE(0xaa55, 510);
  change(bytes);
  return bytes;
}

describe('inspectDisk', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-disk-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function inspect(content: Buffer): Promise<string> {
    const file = join(folder, 'disk');
    writeFileSync(file, content);
    return inspectDisk(file, 'disk.img', Deadline.after(5000));
  }

  const refused: readonly (readonly [string, Buffer, RegExp])[] = [
    ['an empty file', Buffer.alloc(0), /has only 0 bytes/],
    ['a text', Buffer.alloc(2048, 'hello '), /neither qcow2 nor a raw disk/],
    ['a backing file', header((bytes) => bytes.writeBigUInt64BE(112n, 8)), /names a backing file/],
    ['an external data file', header((bytes) => bytes.writeBigUInt64BE(4n, 72)), /external data file/],
    ['encryption', header((bytes) => bytes.writeUInt32BE(2, 32)), /encrypted/],
    ['a dirty disk', header((bytes) => bytes.writeBigUInt64BE(1n, 72)), /dirty or corrupt/],
    ['an endless disk', header((bytes) => bytes.writeBigUInt64BE(1n << 60n, 24)), /would have \d+ bytes/],
    ['an unknown version', header((bytes) => bytes.writeUInt32BE(9, 4)), /version 9/],
    ['a header with nothing behind it', header(), /damaged/],
    ['a VMDK', Buffer.concat([Buffer.from('KDMV'), Buffer.alloc(1000)]), /is a VMDK file/],
    ['a compressed file', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(1000)]), /gzip/],
    ['half a sector', Buffer.concat([raw(4), Buffer.alloc(100)]), /not whole sectors/],
    [
      'a partition that ends outside',
      raw(4, (bytes) => {
        bytes[446 + 4] = 0x83;
        bytes.writeUInt32LE(1, 446 + 8);
        bytes.writeUInt32LE(100, 446 + 12);
      }),
      /ends at sector 101 of 4/,
    ],
    [
      'a GPT without its second table',
      raw(64, (bytes) => {
        bytes.write('EFI PART', 512, 'latin1');
        bytes.writeBigUInt64LE(1000n, 512 + 32);
      }),
      /second partition table at sector 1000/,
    ],
  ];
  for (const [what, content, message] of refused) {
    it(`refuses ${what}`, async () => {
      const error: unknown = await inspect(content).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(HwlabError).and.include({ code: 'image-refused', blame: 'usage' });
      expect((error as Error).message).to.match(message).and.match(/^disk\.img is refused/);
    });
  }

  it('knows a raw disk with either partition table', async () => {
    expect(await inspect(raw(8))).to.equal('raw');
    const gpt = raw(64, (bytes) => {
      bytes.write('EFI PART', 512, 'latin1');
      bytes.writeBigUInt64LE(63n, 512 + 32);
      bytes.write('EFI PART', 63 * 512, 'latin1');
    });
    expect(await inspect(gpt)).to.equal('raw');
  });

  it('takes a whole qcow2, and refuses it once it is cut', async () => {
    const file = join(folder, 'disk.qcow2');
    writeFileSync(join(folder, 'source'), Buffer.alloc(1 << 20, 7));
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', join(folder, 'source'), file]);
    expect(await inspectDisk(file, file, Deadline.after(5000))).to.equal('qcow2');
    truncateSync(file, 500_000);
    const error: unknown = await inspectDisk(file, file, Deadline.after(5000)).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'image-refused');
  });
});
