import { acChrominance, acLuminance, dcChrominance, dcLuminance, quantisation, zigzag, type HuffmanSpec } from './jpeg-tables.ts';
import { transformBlock } from './jpeg-transform.ts';
import type { RowSource } from './picture.ts';

/**
 * A baseline JPEG (ITU-T T.81) in pieces of eight rows, full chroma, grey with one component as scanners send it. A page of any
 * size needs the memory of eight rows.
 * @param quality 1..100
 * @param dotsPerInch [x, y] for the JFIF header.
 */
export function* encodeJpeg(source: RowSource, quality: number, dotsPerInch: readonly [number, number]): Generator<Uint8Array> {
  if (source.width > 65535 || source.height > 65535) throw new RangeError(`a JPEG has at most 65535 pixels a side, not ${source.width} x ${source.height}`);
  const tables = quantisation(quality);
  yield headers(source, tables, dotsPerInch);
  const { width, channels } = source;
  const stride = width * channels;
  const rows = new Uint8Array(stride * 8);
  const samples = new Float64Array(64);
  const coefficients = new Int32Array(64);
  const previous = [0, 0, 0];
  const bits = new BitWriter();
  const coders = [new BlockCoder(dcLuminance, acLuminance), new BlockCoder(dcChrominance, acChrominance)] as const;
  for (let top = 0; top < source.height; top += 8) {
    for (let y = 0; y < 8; y += 1) source.readRow(Math.min(top + y, source.height - 1), rows.subarray(y * stride, (y + 1) * stride));
    for (let left = 0; left < width; left += 8) {
      for (let component = 0; component < channels; component += 1) {
        takeSamples(rows, width, channels, left, component, samples);
        transformBlock(samples, component === 0 ? tables[0] : tables[1], coefficients);
        coders[component === 0 ? 0 : 1].write(coefficients, previous[component]!, bits);
        previous[component] = coefficients[0]!;
      }
    }
    yield bits.take();
  }
  bits.pad();
  yield bits.take();
  yield Uint8Array.of(0xff, 0xd9);
}

/** Level-shifted samples of one component; the last column is repeated beyond the right edge. Y, Cb, Cr as JFIF defines them. */
function takeSamples(rows: Uint8Array, width: number, channels: number, left: number, component: number, samples: Float64Array): void {
  for (let y = 0; y < 8; y += 1) {
    for (let x = 0; x < 8; x += 1) {
      const at = (y * width + Math.min(left + x, width - 1)) * channels;
      const r = rows[at]!;
      if (channels === 1) {
        samples[y * 8 + x] = r - 128;
        continue;
      }
      const g = rows[at + 1]!;
      const b = rows[at + 2]!;
      if (component === 0) samples[y * 8 + x] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      else if (component === 1) samples[y * 8 + x] = -0.168736 * r - 0.331264 * g + 0.5 * b;
      else samples[y * 8 + x] = 0.5 * r - 0.418688 * g - 0.081312 * b;
    }
  }
}

function headers(source: RowSource, tables: readonly [Uint8Array, Uint8Array], [x, y]: readonly [number, number]): Uint8Array {
  const out: number[] = [0xff, 0xd8];
  const segment = (marker: number, body: readonly number[]): void => void out.push(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body);
  const word = (value: number): number[] => [value >> 8, value & 0xff];
  const colour = source.channels === 3;
  segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 1, ...word(x), ...word(y), 0, 0]);
  tables.slice(0, colour ? 2 : 1).forEach((table, id) => segment(0xdb, [id, ...Array.from(zigzag, (index) => table[index]!)]));
  segment(0xc0, [8, ...word(source.height), ...word(source.width), source.channels, ...(colour ? [1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1] : [1, 0x11, 0])]);
  const huffman: [number, HuffmanSpec][] = [[0x00, dcLuminance], [0x10, acLuminance], ...(colour ? ([[0x01, dcChrominance], [0x11, acChrominance]] as [number, HuffmanSpec][]) : [])];
  for (const [id, spec] of huffman) segment(0xc4, [id, ...spec.counts, ...spec.symbols]);
  segment(0xda, [source.channels, ...(colour ? [1, 0x00, 2, 0x11, 3, 0x11] : [1, 0x00]), 0, 63, 0]);
  return Uint8Array.from(out);
}

/** Writes quantised blocks with one pair of Huffman tables (T.81, F.1.2). */
class BlockCoder {
  readonly #dc: Uint32Array;
  readonly #ac: Uint32Array;

  constructor(dc: HuffmanSpec, ac: HuffmanSpec) {
    this.#dc = codes(dc);
    this.#ac = codes(ac);
  }

  write(block: Int32Array, previousDc: number, bits: BitWriter): void {
    const difference = block[0]! - previousDc;
    const size = sizeOf(difference);
    bits.code(this.#dc[size]!);
    bits.magnitude(difference, size);
    let run = 0;
    for (let k = 1; k < 64; k += 1) {
      const value = block[zigzag[k]!]!;
      if (value === 0) {
        run += 1;
        continue;
      }
      for (; run > 15; run -= 16) bits.code(this.#ac[0xf0]!);
      const width = sizeOf(value);
      bits.code(this.#ac[(run << 4) | width]!);
      bits.magnitude(value, width);
      run = 0;
    }
    if (run > 0) bits.code(this.#ac[0]!);
  }
}

const sizeOf = (value: number): number => 32 - Math.clz32(Math.abs(value));

/** Symbol to (length << 16 | code), T.81 Annex C. */
function codes(spec: HuffmanSpec): Uint32Array {
  const table = new Uint32Array(256);
  let code = 0;
  let next = 0;
  spec.counts.forEach((count, index) => {
    for (let i = 0; i < count; i += 1) table[spec.symbols[next++]!] = ((index + 1) << 16) | code++;
    code <<= 1;
  });
  return table;
}

/** Bits, most significant first, with a zero byte stuffed after each 0xff (T.81, F.1.2.3). */
class BitWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #pending = 0;
  #count = 0;

  code(entry: number): void {
    this.#put(entry & 0xffff, entry >>> 16);
  }

  magnitude(value: number, size: number): void {
    if (size > 0) this.#put(value < 0 ? value + (1 << size) - 1 : value, size);
  }

  pad(): void {
    if (this.#count > 0) this.#put((1 << (8 - this.#count)) - 1, 8 - this.#count);
  }

  take(): Uint8Array {
    const out = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return out;
  }

  #put(value: number, size: number): void {
    this.#pending = (this.#pending << size) | value;
    this.#count += size;
    while (this.#count >= 8) {
      const byte = (this.#pending >>> (this.#count - 8)) & 0xff;
      this.#count -= 8;
      if (this.#length + 2 > this.#bytes.length) {
        const larger = new Uint8Array(this.#bytes.length * 2);
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      this.#bytes[this.#length++] = byte;
      if (byte === 0xff) this.#bytes[this.#length++] = 0;
    }
    this.#pending &= (1 << this.#count) - 1;
  }
}
