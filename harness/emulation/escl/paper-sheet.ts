import type { Picture } from '../../wire/picture/picture.ts';
import type { Original } from './test-page.ts';

/** A printed sheet in the feeder, and how it lies there. The same numbers give the same pixels, noise too. */
export interface PaperSheet {
  readonly front: Picture;
  /** Blank when absent. */
  readonly back?: Picture;
  readonly dotsPerInch: number;
  /** Degrees that it is turned clockwise, around its middle; 0 by default. */
  readonly skew?: number;
  /** Millimetres that it lies too far right and down; 0 by default. */
  readonly offset?: { readonly x: number; readonly y: number };
  /** How much each pixel may be too light or too dark, of 255; 0 by default. */
  readonly noise?: number;
  readonly seed?: number;
}

/** What the scanner sees of one side; `upsideDown` is a feeder that turns the sheet, or a person who laid it so. */
export function sheetOriginal(sheet: PaperSheet, side: 'front' | 'back', upsideDown = false): Original {
  const picture = side === 'front' ? sheet.front : (sheet.back ?? { width: sheet.front.width, height: sheet.front.height, channels: 1, data: new Uint8Array(sheet.front.width * sheet.front.height).fill(255) });
  const scale = sheet.dotsPerInch / 300;
  const angle = ((sheet.skew ?? 0) * Math.PI) / 180 + (upsideDown ? Math.PI : 0);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [centreX, centreY] = [picture.width / 2, picture.height / 2];
  const [offsetX, offsetY] = [((sheet.offset?.x ?? 0) * sheet.dotsPerInch) / 25.4, ((sheet.offset?.y ?? 0) * sheet.dotsPerInch) / 25.4];
  const { noise = 0, seed = 1 } = sheet;
  return (x, y, into, at) => {
    // The middle of this point, in pixels of the picture, turned back to where it was printed.
    const px = (x + 0.5) * scale - centreX - offsetX;
    const py = (y + 0.5) * scale - centreY - offsetY;
    const column = cos * px + sin * py + centreX - 0.5;
    const row = cos * py - sin * px + centreY - 0.5;
    const grain = noise === 0 ? 0 : (speckle(x, y, seed) * 2 - 1) * noise;
    for (let channel = 0; channel < 3; channel += 1) into[at + channel] = Math.max(0, Math.min(255, Math.round(between(picture, column, row, channel) + grain)));
  };
}

/** The value between four pixels; white outside of the sheet. */
function between(picture: Picture, column: number, row: number, channel: number): number {
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, below] = [column - left, row - top];
  const upper = pixel(picture, left, top, channel) * (1 - right) + pixel(picture, left + 1, top, channel) * right;
  const lower = pixel(picture, left, top + 1, channel) * (1 - right) + pixel(picture, left + 1, top + 1, channel) * right;
  return upper * (1 - below) + lower * below;
}

function pixel({ width, height, channels, data }: Picture, column: number, row: number, channel: number): number {
  if (column < 0 || row < 0 || column >= width || row >= height) return 255;
  return data[(row * width + column) * channels + (channels === 3 ? channel : 0)]!;
}

/** 0..1 that depends on place and seed alone. */
function speckle(x: number, y: number, seed: number): number {
  let mixed = Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b) ^ Math.imul(seed, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  return (mixed >>> 8) / 2 ** 24;
}
