import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Deadline } from '../../base/deadline.ts';
import { cacheFolder } from '../../base/places.ts';
import { randomId } from '../../base/random-id.ts';
import { FileSource, type ByteSource } from '../disk/byte-source.ts';
import { isQcow2, Qcow2Source } from '../disk/qcow2-source.ts';

const mebibyte = 2 ** 20;
/** Most mebibytes of one extent: so much is sent again when one byte of it has changed. */
const longest = 16;
/** And of one that is empty: the installer says between two extents that it lives, and a slow disk writes so much in a quarter of a minute. */
const longestEmpty = 256;

/** The image's disk as it is written to a machine's. */
export interface DiskExtents {
  /** Bytes; a whole number of mebibytes. */
  readonly size: number;
  /** A line an extent: first mebibyte, number of mebibytes, sha256 or `zero`. */
  readonly text: string;
  readonly disk: { readonly size: number; open(start: number, end: number): Readable };
}

/** The extents of a raw or qcow2 image; hashed once and kept by the image's hash. @throws HwlabError `image-damaged`, `image-layout-unknown` */
export async function diskExtents(image: { readonly id: string; readonly sha256: string; readonly disk: string }, deadline: Deadline, onProgress: (line: string) => void): Promise<DiskExtents> {
  const file = new FileSource(image.disk);
  const inside = isQcow2(file) ? new Qcow2Source(file) : file;
  const source = padded(inside);
  const folder = join(cacheFolder(), 'netboot');
  const kept = join(folder, `${image.sha256.slice(0, 32)}-${longest}-${longestEmpty}.extents`);
  let text = await readFile(kept, 'utf8').catch(() => undefined);
  if (text === undefined) {
    onProgress(`${image.id}: hashing its disk for installation, once`);
    text = await extentsOf(source, deadline);
    await mkdir(folder, { recursive: true });
    const draft = `${kept}.${randomId(6)}`;
    await writeFile(draft, text, { flush: true });
    await rename(draft, kept);
  }
  return { size: source.size, text, disk: { size: source.size, open: (start, end) => Readable.from(pieces(source, start, end)) } };
}

/** Splits a disk into runs of empty and of written mebibytes. */
export async function extentsOf(source: ByteSource, deadline: Deadline): Promise<string> {
  const lines: string[] = [];
  const zeros = Buffer.alloc(mebibyte);
  let from = 0;
  let count = 0;
  let hash: ReturnType<typeof createHash> | undefined;
  const flush = (): void => {
    if (count > 0) lines.push(`${from} ${count} ${hash ? hash.digest('hex') : 'zero'}\n`);
    from += count;
    count = 0;
    hash = undefined;
  };
  for (let at = 0; at < source.size; at += mebibyte) {
    if (at % (64 * mebibyte) === 0) {
      deadline.check('hashing the disk of the image');
      await new Promise((resolve) => void setImmediate(resolve));
    }
    const piece = source.read(at, mebibyte);
    const empty = piece.equals(zeros);
    if (count > 0 && (empty !== (hash === undefined) || count >= (hash === undefined ? longestEmpty : longest))) flush();
    if (!empty) hash = (hash ?? createHash('sha256')).update(piece);
    count += 1;
  }
  flush();
  return lines.join('');
}

function* pieces(source: ByteSource, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; at += mebibyte) yield source.read(at, Math.min(mebibyte, end - at));
}

/** The source, filled with zeros to a whole mebibyte. */
function padded(source: ByteSource): ByteSource {
  const size = Math.ceil(source.size / mebibyte) * mebibyte;
  if (size === source.size) return source;
  return {
    size,
    read(position, length) {
      const there = Math.max(0, Math.min(length, source.size - position));
      return Buffer.concat([source.read(position, there), Buffer.alloc(length - there)]);
    },
  };
}
