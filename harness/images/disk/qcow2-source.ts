import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { HwlabError } from '../../base/hwlab-error.ts';
import { checkRange, damaged, notRead, type ByteSource } from './byte-source.ts';
import { zstdFrameLength } from './zstd-frame.ts';

const magic = 0x514649fb;
const mostTableBytes = 32 * 1024 ** 2;
const mostCached = 64;
const offsetMask = 0x00ff_ffff_ffff_fe00n;
const compressedFlag = 1n << 62n;
const zeroFlag = 1n;

/** Bits of "incompatible features" (docs/interop/qcow2.txt of QEMU). A dirty image has stale reference counts, which reading needs not. */
const featureDirty = 0x1n;
const featureCompression = 0x8n;

/** True when the file begins as a qcow2 file does. */
export function isQcow2(file: ByteSource): boolean {
  return file.size >= 4 && file.read(0, 4).readUInt32BE(0) === magic;
}

/** The disk inside a qcow2 file, without a backing file, encryption or an external data file (docs/interop/qcow2.txt of QEMU). */
export class Qcow2Source implements ByteSource {
  readonly size: number;
  readonly #file: ByteSource;
  readonly #clusterBits: number;
  readonly #clusterSize: number;
  readonly #level1: Buffer;
  readonly #zstd: boolean;
  readonly #level2 = new Map<number, Buffer>();
  readonly #unpacked = new Map<bigint, Buffer>();

  /** @throws HwlabError `image-damaged`, `image-layout-unknown` */
  constructor(file: ByteSource) {
    if (file.size < 104) throw damaged('the qcow2 header is cut off');
    const head = file.read(0, Math.min(file.size, 112));
    const version = head.readUInt32BE(4);
    if (version !== 2 && version !== 3) throw notRead(`qcow2 version ${version}`, 'convert it: qemu-img convert -O qcow2');
    if (head.readBigUInt64BE(8) !== 0n) throw notRead('it names a backing file', 'make one whole file of it: qemu-img convert -O qcow2');
    if (head.readUInt32BE(32) !== 0) throw notRead('it is encrypted', 'convert it: qemu-img convert -O qcow2');
    const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
    if ((features & ~(featureDirty | featureCompression)) !== 0n) throw notRead(`qcow2 features 0x${features.toString(16)}`, 'convert it: qemu-img convert -O qcow2');
    this.#file = file;
    this.#clusterBits = head.readUInt32BE(20);
    if (this.#clusterBits < 9 || this.#clusterBits > 21) throw damaged(`clusters of 2^${this.#clusterBits} bytes`);
    this.#clusterSize = 2 ** this.#clusterBits;
    this.size = safe(head.readBigUInt64BE(24));
    const entries = head.readUInt32BE(36);
    const needed = Math.ceil(this.size / (this.#clusterSize * (this.#clusterSize / 8)));
    if (entries < needed || needed * 8 > mostTableBytes) throw damaged(`its first table has ${entries} entries, ${needed} are needed`);
    this.#level1 = file.read(safe(head.readBigUInt64BE(40)), needed * 8);
    this.#zstd = (features & featureCompression) !== 0n && version === 3 && head.length > 104 && head.readUInt32BE(100) > 104 && head[104] === 1;
  }

  read(position: number, length: number): Buffer {
    checkRange(this, position, length);
    let buffer: Buffer | undefined;
    for (let done = 0; done < length; ) {
      const at = position + done;
      const within = at % this.#clusterSize;
      const entry = this.#entryOf(at);
      let piece = Math.min(this.#clusterSize - within, length - done);
      if ((entry & compressedFlag) !== 0n) this.#unpack(entry).copy((buffer ??= Buffer.alloc(length)), done, within, within + piece);
      else if ((entry & zeroFlag) === 0n && (entry & offsetMask) !== 0n) {
        const start = safe(entry & offsetMask);
        // Clusters that follow each other in the file are read at once.
        while (done + piece < length && this.#entryOf(at + piece) === entry + BigInt(within + piece)) piece += Math.min(this.#clusterSize, length - done - piece);
        // The last cluster of a file may be cut short.
        const there = Math.min(piece, Math.max(0, this.#file.size - start - within));
        // All in one piece needs no copy.
        if (there === length) return this.#file.read(start + within, there);
        if (there > 0) this.#file.read(start + within, there).copy((buffer ??= Buffer.alloc(length)), done);
      }
      done += piece;
    }
    return buffer ?? Buffer.alloc(length);
  }

  /** The level 2 entry of a place in the disk; 0 when nothing is allocated there. */
  #entryOf(position: number): bigint {
    const cluster = Math.floor(position / this.#clusterSize);
    const perTable = this.#clusterSize / 8;
    const table = safe(this.#level1.readBigUInt64BE(Math.floor(cluster / perTable) * 8) & offsetMask);
    if (table === 0) return 0n;
    const cached = this.#level2.get(table) ?? remember(this.#level2, table, this.#file.read(table, this.#clusterSize));
    return cached.readBigUInt64BE((cluster % perTable) * 8) & ~(1n << 63n);
  }

  #unpack(entry: bigint): Buffer {
    const known = this.#unpacked.get(entry);
    if (known) return known;
    const offsetBits = BigInt(62 - (this.#clusterBits - 8));
    const start = safe(entry & ((1n << offsetBits) - 1n));
    const sectors = Number((entry & ~compressedFlag) >> offsetBits) + 1;
    const end = Math.min(this.#file.size, start - (start % 512) + sectors * 512);
    if (end <= start) throw damaged(`a compressed cluster at byte ${start} is past its end`);
    const packed = this.#file.read(start, end - start);
    try {
      const limits = { maxOutputLength: this.#clusterSize };
      const cluster = this.#zstd ? zstdDecompressSync(packed.subarray(0, zstdFrameLength(packed)), limits) : inflateRawSync(packed, limits);
      if (cluster.length !== this.#clusterSize) throw new RangeError(`it unpacks to ${cluster.length} bytes`);
      return remember(this.#unpacked, entry, cluster);
    } catch (error) {
      if (error instanceof HwlabError) throw error;
      throw damaged(`the compressed cluster at byte ${start}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function remember<K>(cache: Map<K, Buffer>, key: K, value: Buffer): Buffer {
  if (cache.size >= mostCached) for (const oldest of cache.keys()) {
    cache.delete(oldest);
    break;
  }
  cache.set(key, value);
  return value;
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`an offset of ${value}`);
  return Number(value);
}
