import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { isQcow2, Qcow2Source } from './qcow2-source.ts';
import { bufferSource } from './testing/buffer-source.ts';
import { makeQcow2, type Qcow2Parts } from './testing/make-qcow2.ts';

const size = 4096;
const filled = (byte: number): Buffer => Buffer.alloc(size, byte);
const open = (parts: Omit<Qcow2Parts, 'clusterBits'>): Qcow2Source => new Qcow2Source(bufferSource(makeQcow2({ clusterBits: 12, ...parts })));
const whole = Buffer.concat([filled(1), filled(0), filled(3), filled(4), filled(0)]);
const clusters = [filled(1), undefined, filled(3), filled(4), 'zero'] as const;

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof HwlabError) return error.code;
    throw error;
  }
  return 'none';
}

describe('Qcow2Source', () => {
  it('is told by its first bytes', () => {
    expect(isQcow2(bufferSource(makeQcow2({ clusterBits: 9, clusters: [] })))).to.equal(true);
    expect(isQcow2(bufferSource(Buffer.alloc(3)))).to.equal(false);
    expect(isQcow2(bufferSource(Buffer.alloc(512)))).to.equal(false);
  });

  for (const compress of [undefined, 'zlib', 'zstd'] as const) {
    it(`reads any range of clusters that are there, missing or zero, ${compress ?? 'as they are'}`, () => {
      const disk = open({ clusters, ...(compress ? { compress } : {}) });
      expect(disk.size).to.equal(5 * size);
      for (const [at, length] of [[0, 5 * size], [0, 1], [size - 1, 2], [2 * size + 7, size], [4 * size, size], [5 * size, 0]] as const) {
        expect(disk.read(at, length).equals(whole.subarray(at, at + length)), `${at} ${length}`).to.equal(true);
      }
    });
  }

  it('reads nothing outside of the disk', () => {
    const disk = open({ clusters });
    for (const [at, length] of [[5 * size, 1], [-1, 1], [0, -1], [0, 2 ** 60], [NaN, 1]] as const) expect(codeOf(() => disk.read(at, length)), `${at} ${length}`).to.equal('image-damaged');
  });

  it('refuses what it does not read, and what another file is behind', () => {
    const patched = (patch: (file: Buffer) => void): string => codeOf(() => open({ clusters, patch }));
    expect(patched((file) => file.writeBigUInt64BE(512n, 8)), 'backing file').to.equal('image-layout-unknown');
    expect(patched((file) => file.writeUInt32BE(1, 32)), 'encrypted').to.equal('image-layout-unknown');
    expect(patched((file) => file.writeBigUInt64BE(4n, 72)), 'data file').to.equal('image-layout-unknown');
    expect(patched((file) => file.writeBigUInt64BE(16n, 72)), 'wide entries').to.equal('image-layout-unknown');
    expect(patched((file) => file.writeUInt32BE(4, 4)), 'version').to.equal('image-layout-unknown');
    expect(patched((file) => file.writeUInt32BE(40, 20)), 'cluster size').to.equal('image-damaged');
    expect(patched((file) => file.writeUInt32BE(0, 36)), 'no table').to.equal('image-damaged');
    expect(patched((file) => file.writeBigUInt64BE(1n << 60n, 24)), 'huge').to.equal('image-damaged');
  });

  it('ends with an error on clusters that are no such thing', () => {
    const entry = 2 * size;
    expect(codeOf(() => open({ clusters, compress: 'zlib', patch: (file) => file.fill(0xff, 3 * size) }).read(0, 1))).to.equal('image-damaged');
    expect(codeOf(() => open({ clusters, compress: 'zstd', patch: (file) => file.fill(0xff, 3 * size) }).read(0, 1))).to.equal('image-damaged');
    expect(codeOf(() => open({ clusters, compress: 'zlib', patch: (file) => file.writeBigUInt64BE((1n << 62n) | 0xffffffffn, entry) }).read(0, 1))).to.equal('image-damaged');
    // Past the end of the file there is nothing, as in a file that was cut at the last cluster.
    expect(open({ clusters, patch: (file) => file.writeBigUInt64BE(0xffff_f000n, entry) }).read(0, 4).equals(Buffer.alloc(4))).to.equal(true);
    expect(codeOf(() => open({ clusters, patch: (file) => file.writeBigUInt64BE(0xffff_ffff_f000n, size) }).read(0, 4))).to.equal('image-damaged');
  });
});
