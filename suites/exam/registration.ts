import type { Picture } from '../../harness/index.ts';
import { markSide, marks, type Mark } from './sheet-layout.ts';

/** Where a sheet lies in a picture of it: millimetres on the sheet to pixels, and what that says of the sheet. */
export interface Registration {
  readonly toPixel: (x: number, y: number) => { readonly x: number; readonly y: number };
  /** True when it lies upside down. */
  readonly upsideDown: boolean;
  /** Degrees clockwise, upside down aside. */
  readonly skew: number;
  /** Size against the true size: 1.01 is one per cent too large. */
  readonly scale: { readonly x: number; readonly y: number };
  /** Millimetres that the middle of the sheet is too far right and down of the middle of an A4 sheet laid in the corner. */
  readonly offset: { readonly x: number; readonly y: number };
}

/** How far from the edges a mark is looked for, in millimetres. */
const corner = 36;
const dark = 128;

/** Grey of the point, 0 black; white outside of the picture. Colour counts by its luma. */
export function greyAt({ width, height, channels, data }: Picture, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= width || y >= height) return 255;
  const at = (Math.floor(y) * width + Math.floor(x)) * channels;
  return channels === 1 ? data[at]! : (299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!) / 1000;
}

/** Finds the four registration marks, or says which is missing. */
export function register(picture: Picture, dotsPerInch: number): Registration | { readonly problem: string } {
  const pixels = dotsPerInch / 25.4;
  const reach = corner * pixels;
  const found: (Mark & { readonly ring: boolean })[] = [];
  for (const [index, name] of ['top left', 'top right', 'bottom left', 'bottom right'].entries()) {
    const left = index % 2 === 0 ? 0 : Math.max(0, picture.width - reach);
    const top = index < 2 ? 0 : Math.max(0, picture.height - reach);
    const mark = findMark(picture, { left: Math.floor(left), top: Math.floor(top), reach: Math.floor(reach) }, markSide * pixels);
    if (!mark) return { problem: `no registration mark at the ${name}` };
    found.push(mark);
  }
  const rings = found.flatMap(({ ring }, index) => (ring ? [index] : []));
  const first = rings[0];
  if (rings.length !== 1 || (first !== 0 && first !== 3)) return { problem: `the mark that tells which way up is ${first === undefined ? 'missing' : `at corner ${rings.map((each) => each + 1).join(', ')} of 4`}` };
  const upsideDown = first === 3;
  const [p0, p1, p2, p3] = upsideDown ? found.toReversed() : found;
  if (!p0 || !p1 || !p2 || !p3) return { problem: 'fewer than four registration marks' };
  const [wide, high] = [marks[1].x - marks[0].x, marks[2].y - marks[0].y];
  const across = { x: (p1.x - p0.x + p3.x - p2.x) / 2 / wide, y: (p1.y - p0.y + p3.y - p2.y) / 2 / wide };
  const along = { x: (p2.x - p0.x + p3.x - p1.x) / 2 / high, y: (p2.y - p0.y + p3.y - p1.y) / 2 / high };
  const centre = { x: (p0.x + p1.x + p2.x + p3.x) / 4, y: (p0.y + p1.y + p2.y + p3.y) / 4 };
  const middle = { x: (marks[0].x + marks[3].x) / 2, y: (marks[0].y + marks[3].y) / 2 };
  const turn = upsideDown ? -1 : 1;
  return {
    toPixel: (x, y) => ({ x: centre.x + across.x * (x - middle.x) + along.x * (y - middle.y), y: centre.y + across.y * (x - middle.x) + along.y * (y - middle.y) }),
    upsideDown,
    skew: (Math.atan2(across.y * turn, across.x * turn) * 180) / Math.PI,
    scale: { x: Math.hypot(across.x, across.y) / pixels, y: Math.hypot(along.x, along.y) / pixels },
    offset: { x: centre.x / pixels - middle.x, y: centre.y / pixels - middle.y },
  };
}

/** The largest dark blob in a part of the picture that has the size of a mark and is as full as one. */
function findMark(picture: Picture, area: { readonly left: number; readonly top: number; readonly reach: number }, side: number): (Mark & { readonly ring: boolean }) | undefined {
  const seen = new Uint8Array(area.reach * area.reach);
  let best: (Mark & { readonly ring: boolean; readonly points: number }) | undefined;
  for (let start = 0; start < seen.length; start += 1) {
    const blob = flood(picture, area, seen, start);
    if (!blob || blob.points <= (best?.points ?? 0)) continue;
    const sizes = [blob.width / side, blob.height / side];
    if (sizes.some((size) => size < 0.75 || size > 1.35) || blob.points < 0.55 * blob.width * blob.height) continue;
    best = { x: blob.x, y: blob.y, points: blob.points, ring: greyAt(picture, blob.x, blob.y) >= dark };
  }
  return best;
}

interface Blob {
  readonly points: number;
  readonly width: number;
  readonly height: number;
  /** The middle of its points, in pixels of the picture. */
  readonly x: number;
  readonly y: number;
}

function flood(picture: Picture, { left, top, reach }: { readonly left: number; readonly top: number; readonly reach: number }, seen: Uint8Array, start: number): Blob | undefined {
  const isDark = (at: number): boolean => seen[at] === 0 && greyAt(picture, left + (at % reach), top + Math.floor(at / reach)) < dark;
  if (!isDark(start)) return undefined;
  const open = [start];
  seen[start] = 1;
  let [points, sumX, sumY, minX, maxX, minY, maxY] = [0, 0, 0, reach, 0, reach, 0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [x, y] = [at % reach, Math.floor(at / reach)];
    points += 1;
    sumX += x;
    sumY += y;
    [minX, maxX, minY, maxY] = [Math.min(minX, x), Math.max(maxX, x), Math.min(minY, y), Math.max(maxY, y)];
    const neighbours = [x > 0 ? at - 1 : -1, x < reach - 1 ? at + 1 : -1, at - reach, at + reach];
    for (const next of neighbours) {
      if (next < 0 || next >= seen.length || !isDark(next)) continue;
      seen[next] = 1;
      open.push(next);
    }
  }
  return { points, width: maxX - minX + 1, height: maxY - minY + 1, x: left + sumX / points + 0.5, y: top + sumY / points + 0.5 };
}
