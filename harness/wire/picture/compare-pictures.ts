import type { Picture } from './picture.ts';

/** How alike two pictures are. */
export interface Likeness {
  readonly sameSize: boolean;
  /** Samples that differ at all, and by how much at most (0..255). */
  readonly differing: number;
  readonly worst: number;
  /** Peak signal to noise ratio in dB; Infinity when equal, 0 when the sizes or channels differ. */
  readonly psnr: number;
  /** The picture in words, for a failed test. */
  readonly summary: string;
}

/** Compares sample by sample. Pictures of another size or number of channels are not alike at all. */
export function comparePictures(expected: Picture, actual: Picture): Likeness {
  const shape = (picture: Picture): string => `${picture.width} x ${picture.height} ${picture.channels === 3 ? 'colour' : 'grey'}`;
  if (expected.width !== actual.width || expected.height !== actual.height || expected.channels !== actual.channels) {
    return { sameSize: false, differing: Math.max(expected.data.length, actual.data.length), worst: 255, psnr: 0, summary: `expected ${shape(expected)}, got ${shape(actual)}` };
  }
  let differing = 0;
  let worst = 0;
  let squares = 0;
  for (let i = 0; i < expected.data.length; i += 1) {
    const difference = Math.abs(expected.data[i]! - actual.data[i]!);
    if (difference === 0) continue;
    differing += 1;
    if (difference > worst) worst = difference;
    squares += difference * difference;
  }
  const psnr = squares === 0 ? Infinity : 10 * Math.log10((255 * 255 * expected.data.length) / squares);
  return { sameSize: true, differing, worst, psnr, summary: `${shape(actual)}, PSNR ${psnr.toFixed(1)} dB, ${differing} of ${expected.data.length} samples differ, by ${worst} at most` };
}
