import type { Picture } from '../picture/picture.ts';
import { appleRaster, pwgRaster, type RasterFormat } from './raster-page-counter.ts';

/** One page as a printer puts it on paper. */
export interface PrintedPage {
  readonly picture: Picture;
  /** Dots an inch, the same both ways in what CUPS makes of a driverless queue. */
  readonly dotsPerInch: number;
}

/** The whole pages of a document; `problem` says where and why it is not whole. */
export interface DecodedRaster {
  readonly pages: readonly PrintedPage[];
  readonly problem?: string;
}

const maxPages = 500;
const maxPixelsAPage = 64 * 1024 * 1024;

/**
 * Unpacks PWG raster (PWG 5102.4) or Apple raster, as the printer's own interpreter would: black on one bit, grey on eight, colour on 24. Pages that
 * are not whole are left out, since a sheet is printed when its last line has come.
 */
export function decodeRaster(bytes: Uint8Array): DecodedRaster {
  const format = [pwgRaster, appleRaster].find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
  if (!format) return { pages: [], problem: 'byte 0: neither PWG nor Apple raster' };
  const pages: PrintedPage[] = [];
  let offset = format.fileHeaderLength;
  while (offset < bytes.length) {
    const page = pages.length < maxPages ? decodePage(format, bytes, offset) : { problem: `more than ${maxPages} pages`, at: offset };
    if ('problem' in page) return { pages, problem: `${format.name}, byte ${page.at}: page ${pages.length + 1}: ${page.problem}` };
    pages.push(page.page);
    offset = page.end;
  }
  return { pages };
}

type Decoded = { readonly page: PrintedPage; readonly end: number } | { readonly problem: string; readonly at: number };

function decodePage(format: RasterFormat, bytes: Uint8Array, start: number): Decoded {
  const body = start + format.pageHeaderLength;
  if (body > bytes.length) return { problem: 'ends in the middle of its header', at: bytes.length };
  const { width, height, bitsPerPixel, resolution, bytesPerLine } = format.readPage(new DataView(bytes.buffer, bytes.byteOffset + start, format.pageHeaderLength));
  if (width < 1 || height < 1 || width * height > maxPixelsAPage || resolution < 1) return { problem: `a header of ${width} x ${height} pixels at ${resolution} dpi`, at: start };
  if (![1, 8, 24].includes(bitsPerPixel) || bytesPerLine !== Math.ceil((width * bitsPerPixel) / 8)) return { problem: `${bitsPerPixel} bits a pixel in ${bytesPerLine} bytes a line`, at: start };
  const pixelBytes = Math.max(1, bitsPerPixel >> 3);
  const packed = new Uint8Array(bytesPerLine * height);
  let at = body;
  for (let row = 0; row < height; ) {
    const repeats = bytes[at];
    if (repeats === undefined) return { problem: `${height - row} lines are missing`, at };
    if (row + repeats + 1 > height) return { problem: `a line is repeated ${repeats + 1} times where ${height - row} are left`, at };
    const line = packed.subarray(row * bytesPerLine, (row + 1) * bytesPerLine);
    const end = unpackLine(bytes, at + 1, line, pixelBytes, format.fillAllowed);
    if (typeof end !== 'number') return end;
    at = end;
    for (let copy = 1; copy <= repeats; copy += 1) packed.copyWithin((row + copy) * bytesPerLine, row * bytesPerLine, (row + 1) * bytesPerLine);
    row += repeats + 1;
  }
  return { page: { picture: toPicture(packed, width, height, bitsPerPixel), dotsPerInch: resolution }, end: at };
}

/** One line of the run-length code; see PackedLines for its form. Gives the offset behind it. */
function unpackLine(bytes: Uint8Array, start: number, line: Uint8Array, pixelBytes: number, fillAllowed: boolean): number | { readonly problem: string; readonly at: number } {
  let at = start;
  let column = 0;
  while (column < line.length) {
    const code = bytes[at];
    if (code === undefined) return { problem: 'a line ends early', at };
    if (code === 128) {
      if (!fillAllowed) return { problem: 'the run code 128 is reserved', at };
      line.fill(0xff, column);
      return at + 1;
    }
    const pixels = code < 128 ? code + 1 : 257 - code;
    const source = code < 128 ? pixelBytes : pixels * pixelBytes;
    if (column + pixels * pixelBytes > line.length) return { problem: `a run of ${pixels} pixels is longer than its line`, at };
    if (at + 1 + source > bytes.length) return { problem: 'a run ends early', at: bytes.length };
    const run = bytes.subarray(at + 1, at + 1 + source);
    if (code >= 128) line.set(run, column);
    else for (let pixel = 0; pixel < pixels; pixel += 1) line.set(run, column + pixel * pixelBytes);
    column += pixels * pixelBytes;
    at += 1 + source;
  }
  return at;
}

/** One bit a pixel is black where it is set (`black_1`); the others are grey and colour as they are. */
function toPicture(packed: Uint8Array, width: number, height: number, bitsPerPixel: number): Picture {
  if (bitsPerPixel !== 1) return { width, height, channels: bitsPerPixel === 24 ? 3 : 1, data: packed };
  const stride = Math.ceil(width / 8);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data[y * width + x] = (packed[y * stride + (x >> 3)]! & (0x80 >> (x & 7))) === 0 ? 255 : 0;
  }
  return { width, height, channels: 1, data };
}
