import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { RowSource } from './picture.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * A PNG (ISO/IEC 15948) in pieces of about 64 KiB of pixels each, so that memory stays small at any size: the zlib stream is made
 * of blocks that are compressed apart and joined at sync flushes.
 * @param bitDepth 1 packs a grey source to black (below 128) and white.
 * @param dotsPerInch [x, y] for the pHYs chunk.
 */
export function* encodePng(source: RowSource, bitDepth: 1 | 8, dotsPerInch: readonly [number, number]): Generator<Uint8Array> {
  if (bitDepth === 1 && source.channels !== 1) throw new RangeError('a PNG of one bit is grey: the source has three channels');
  yield signature;
  yield chunk('IHDR', header(source, bitDepth));
  yield chunk('pHYs', physical(dotsPerInch));
  const stride = source.width * source.channels;
  const packed = bitDepth === 1 ? Math.ceil(source.width / 8) : stride;
  const rowsAtOnce = Math.max(1, Math.floor(65536 / (packed + 1)));
  const row = new Uint8Array(stride);
  let checksum = 1;
  yield chunk('IDAT', Uint8Array.of(0x78, 0x01));
  for (let top = 0; top < source.height; top += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, source.height - top);
    const filtered = new Uint8Array(count * (packed + 1));
    for (let i = 0; i < count; i += 1) {
      source.readRow(top + i, row);
      const line = filtered.subarray(i * (packed + 1) + 1, (i + 1) * (packed + 1));
      if (bitDepth === 1) packBits(row, line);
      else line.set(row);
    }
    checksum = adler32(checksum, filtered);
    yield chunk('IDAT', deflateRawSync(filtered, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }));
  }
  const end = new Uint8Array(6);
  end.set([0x03, 0x00]);
  new DataView(end.buffer).setUint32(2, checksum);
  yield chunk('IDAT', end);
  yield chunk('IEND', new Uint8Array(0));
}

function header(source: RowSource, bitDepth: number): Uint8Array {
  const body = new Uint8Array(13);
  const view = new DataView(body.buffer);
  view.setUint32(0, source.width);
  view.setUint32(4, source.height);
  body[8] = bitDepth;
  body[9] = source.channels === 3 ? 2 : 0;
  return body;
}

function physical([x, y]: readonly [number, number]): Uint8Array {
  const body = new Uint8Array(9);
  const view = new DataView(body.buffer);
  view.setUint32(0, Math.round(x / 0.0254));
  view.setUint32(4, Math.round(y / 0.0254));
  body[8] = 1;
  return body;
}

function packBits(row: Uint8Array, line: Uint8Array): void {
  for (let x = 0; x < row.length; x += 1) {
    if (row[x]! >= 128) line[x >> 3]! |= 0x80 >> (x & 7);
  }
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i += 1) out[4 + i] = type.charCodeAt(i);
  out.set(body, 8);
  view.setUint32(body.length + 8, crc32(out.subarray(4, body.length + 8)));
  return out;
}

/** RFC 1950, section 8.2; sums are reduced every 5,552 bytes. */
function adler32(start: number, bytes: Uint8Array): number {
  let a = start & 0xffff;
  let b = start >>> 16;
  for (let from = 0; from < bytes.length; from += 5552) {
    const to = Math.min(from + 5552, bytes.length);
    for (let i = from; i < to; i += 1) {
      a += bytes[i]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
