import { deflateRawSync, zstdCompressSync } from 'node:zlib';

export interface Qcow2Parts {
  readonly clusterBits: number;
  /** Content of each cluster of the disk: bytes, `zero`, or nothing. */
  readonly clusters: readonly (Buffer | 'zero' | undefined)[];
  readonly compress?: 'zlib' | 'zstd';
  /** Changes to the finished file. */
  readonly patch?: (file: Buffer) => void;
}

/** A small qcow2 file of version 3 (docs/interop/qcow2.txt of QEMU): header, one first table, one second table, then the data. */
export function makeQcow2({ clusterBits, clusters, compress, patch }: Qcow2Parts): Buffer {
  const size = 2 ** clusterBits;
  const level1 = Buffer.alloc(size);
  const level2 = Buffer.alloc(size);
  const header = Buffer.alloc(size);
  header.writeUInt32BE(0x514649fb, 0);
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(clusters.length * size), 24);
  header.writeUInt32BE(1, 36);
  header.writeBigUInt64BE(BigInt(size), 40);
  header.writeUInt32BE(112, 100);
  if (compress === 'zstd') {
    header.writeBigUInt64BE(8n, 72);
    header[104] = 1;
  }
  level1.writeBigUInt64BE(BigInt(2 * size) | (1n << 63n), 0);
  const data: Buffer[] = [];
  let at = 3 * size;
  clusters.forEach((content, index) => {
    if (content === undefined) return;
    if (content === 'zero') {
      level2.writeBigUInt64BE(1n, index * 8);
      return;
    }
    const bytes = compress === undefined ? content : compress === 'zlib' ? deflateRawSync(content) : zstdCompressSync(content);
    if (compress === undefined) level2.writeBigUInt64BE(BigInt(at) | (1n << 63n), index * 8);
    else {
      const sectors = Math.floor((at + bytes.length - 1) / 512) - Math.floor(at / 512);
      level2.writeBigUInt64BE((1n << 62n) | (BigInt(sectors) << BigInt(62 - (clusterBits - 8))) | BigInt(at), index * 8);
    }
    data.push(bytes);
    at += bytes.length;
  });
  const file = Buffer.concat([header, level1, level2, ...data]);
  patch?.(file);
  return file;
}
