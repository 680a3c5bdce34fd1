import { PackedLines } from './packed-lines.ts';
import type { PageCount, PageCounter, RasterPage } from './page-counter.ts';

/** How a raster format differs from the other: its first bytes, its page header, its line code. */
export interface RasterFormat {
  readonly name: string;
  /** Bytes before the first page, the magic among them. */
  readonly fileHeaderLength: number;
  readonly magic: Uint8Array;
  readonly pageHeaderLength: number;
  readonly fillAllowed: boolean;
  readPage(header: DataView): RasterPage & { readonly bytesPerLine: number };
}

/** PWG raster: big-endian `RaS2`, then per page a header of 1796 bytes (PWG 5102.4, 4.3). */
export const pwgRaster: RasterFormat = {
  name: 'PWG raster',
  fileHeaderLength: 4,
  magic: Buffer.from('RaS2', 'latin1'),
  pageHeaderLength: 1796,
  fillAllowed: false,
  readPage: (header) => ({
    resolution: header.getUint32(276),
    width: header.getUint32(372),
    height: header.getUint32(376),
    bitsPerPixel: header.getUint32(388),
    bytesPerLine: header.getUint32(392),
  }),
};

/** Apple raster: `UNIRAST` NUL and a page count that may be 0, then per page a header of 32 bytes. Source: the public reader of CUPS (raster-stream.c). */
export const appleRaster: RasterFormat = {
  name: 'Apple raster',
  fileHeaderLength: 12,
  magic: Buffer.from('UNIRAST\0', 'latin1'),
  pageHeaderLength: 32,
  fillAllowed: true,
  readPage: (header) => {
    const bitsPerPixel = header.getUint8(0);
    const width = header.getUint32(12);
    return { bitsPerPixel, width, height: header.getUint32(16), resolution: header.getUint32(20), bytesPerLine: width * Math.max(1, bitsPerPixel >> 3) };
  },
};

const maxHeaders = 100;

/** Counts the pages of PWG or Apple raster by walking over the packed lines; a page counts when its last line has come. */
export class RasterPageCounter implements PageCounter {
  readonly #format: RasterFormat;
  #offset = 0;
  #held: Uint8Array = new Uint8Array(0);
  #state: 'file-header' | 'page-header' | 'lines' | 'broken' = 'file-header';
  #lines: PackedLines | undefined;
  #pages = 0;
  readonly #headers: RasterPage[] = [];
  #problem: string | undefined;

  constructor(format: RasterFormat) {
    this.#format = format;
  }

  push(bytes: Uint8Array): void {
    let data = bytes;
    while (data.length > 0 && this.#state !== 'broken') {
      if (this.#state === 'lines') {
        data = this.#walk(data);
        continue;
      }
      const wanted = this.#state === 'file-header' ? this.#format.fileHeaderLength : this.#format.pageHeaderLength;
      const taken = data.subarray(0, wanted - this.#held.length);
      this.#held = Buffer.concat([this.#held, taken]);
      this.#offset += taken.length;
      data = data.subarray(taken.length);
      if (this.#held.length === wanted) this.#header();
    }
  }

  finish(): PageCount {
    const problem = this.#problem ?? this.#unfinished();
    return { pages: this.#pages, headers: this.#headers, ...(problem === undefined ? {} : { problem }) };
  }

  #walk(data: Uint8Array): Uint8Array {
    const lines = this.#lines;
    if (!lines) return data;
    const end = lines.push(data, 0);
    if (typeof end !== 'number') {
      this.#fail(this.#offset + end.at, end.problem);
      return data;
    }
    this.#offset += end;
    if (lines.done) {
      this.#pages += 1;
      this.#state = 'page-header';
    }
    return data.subarray(end);
  }

  #header(): void {
    const held = this.#held;
    const start = this.#offset - held.length;
    this.#held = new Uint8Array(0);
    if (this.#state === 'file-header') {
      if (!this.#format.magic.every((byte, index) => held[index] === byte)) return this.#fail(0, `does not begin with ${Buffer.from(this.#format.magic).toString('latin1').replace('\0', '')}`);
      this.#state = 'page-header';
      return;
    }
    const { bytesPerLine, ...page } = this.#format.readPage(new DataView(held.buffer, held.byteOffset, held.byteLength));
    const sane = page.width > 0 && page.height > 0 && page.bitsPerPixel > 0 && page.bitsPerPixel <= 240 && bytesPerLine > 0 && bytesPerLine < 2 ** 28 && page.height < 2 ** 28;
    if (!sane) return this.#fail(start, `page ${this.#pages + 1}: a header of ${page.width} x ${page.height} pixels, ${page.bitsPerPixel} bits each, ${bytesPerLine} bytes a line`);
    if (this.#headers.length < maxHeaders) this.#headers.push(page);
    this.#lines = new PackedLines({ lines: page.height, bytesPerLine, bitsPerPixel: page.bitsPerPixel, fillAllowed: this.#format.fillAllowed });
    this.#state = 'lines';
  }

  #unfinished(): string | undefined {
    if (this.#state === 'lines') return `${this.#format.name}, byte ${this.#offset}: page ${this.#pages + 1} ends ${this.#lines?.linesLeft ?? 0} lines early`;
    if (this.#state === 'file-header' || this.#held.length > 0) return `${this.#format.name}, byte ${this.#offset}: ends in the middle of a header`;
    return undefined;
  }

  #fail(offset: number, problem: string): void {
    this.#problem = `${this.#format.name}, byte ${offset}: ${problem}`;
    this.#state = 'broken';
  }
}
