import type { RowSource } from '../../wire/picture/picture.ts';

/** Where pixels come from on the glass or the sheet: a rectangle in 1/300 inch and how many pixels an inch. */
export interface ScanArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly xResolution: number;
  readonly yResolution: number;
}

export type PixelKind = 'colour' | 'grey' | 'black-and-white';

/** Pixels a side of a scanned area: every pixel that the area touches, ceil(area x dpi / 300). */
export function pixelSize(area: ScanArea): { readonly width: number; readonly height: number } {
  return { width: Math.ceil((area.width * area.xResolution) / 300), height: Math.ceil((area.height * area.yResolution) / 300) };
}

/** What lies on the glass or on a sheet: writes R, G, B of the point (x, y), 1/300 inch from the top left, into `into` at `at`. */
export type Original = (x: number, y: number, into: Uint8Array, at: number) => void;

const squareBits = 6;

/**
 * The test pattern of page `page` (1..): squares of 64/300 inch, each with its own colour by place and page and a faint gradient,
 * so that a shift, a mirrored or scaled picture, swapped channels, or the wrong page are all seen, and JPEG keeps it well.
 */
export function testPattern(page: number): Original {
  let squareX = Number.NaN;
  let squareY = Number.NaN;
  let colour = 0;
  return (x, y, into, at) => {
    if (x >> squareBits !== squareX || y >> squareBits !== squareY) {
      squareX = x >> squareBits;
      squareY = y >> squareBits;
      colour = scramble(squareX, squareY, page);
    }
    const slope = ((x & 63) >> 3) + ((y & 63) >> 3);
    into[at] = 20 + (colour & 7) * 28 + slope;
    into[at + 1] = 20 + ((colour >> 3) & 7) * 28 + slope;
    into[at + 2] = 20 + ((colour >> 6) & 7) * 28 + slope;
  };
}

/** Nine bits that depend on all three numbers. */
function scramble(x: number, y: number, page: number): number {
  let mixed = Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b) ^ Math.imul(page, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) & 0x1ff;
}

/** The pixels of an area as the scanner's sensor sees them: the point at the top left of each pixel, nearest below in 1/300 inch. */
export function scanRows(original: Original, area: ScanArea, kind: PixelKind): RowSource {
  const { width, height } = pixelSize(area);
  const columns = Int32Array.from({ length: width }, (_value, x) => area.x + Math.floor((x * 300) / area.xResolution));
  const point = new Uint8Array(3);
  return {
    width,
    height,
    channels: kind === 'colour' ? 3 : 1,
    readRow: (row, into) => {
      const y = area.y + Math.floor((row * 300) / area.yResolution);
      for (let x = 0; x < width; x += 1) {
        if (kind === 'colour') {
          original(columns[x]!, y, into, x * 3);
          continue;
        }
        original(columns[x]!, y, point, 0);
        const luma = Math.floor((299 * point[0]! + 587 * point[1]! + 114 * point[2]!) / 1000);
        into[x] = kind === 'grey' ? luma : luma >= 128 ? 255 : 0;
      }
    },
  };
}
