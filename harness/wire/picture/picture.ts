/** Pixels as they are: 8 bits a sample, rows from the top, no padding. One channel is grey (0 black), three are R, G, B. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** A picture that is made row by row, so that a page of any resolution needs the memory of a few rows. */
export interface RowSource {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Fills `into` (width x channels bytes) with row `y`, 0 at the top. */
  readRow(y: number, into: Uint8Array): void;
}

/** All rows at once; for small pictures and tests. */
export function collectRows(source: RowSource): Picture {
  const stride = source.width * source.channels;
  const data = new Uint8Array(stride * source.height);
  for (let y = 0; y < source.height; y += 1) source.readRow(y, data.subarray(y * stride, (y + 1) * stride));
  return { width: source.width, height: source.height, channels: source.channels, data };
}

/** A finished picture as a source of rows. */
export function rowsOf(picture: Picture): RowSource {
  const stride = picture.width * picture.channels;
  return {
    width: picture.width,
    height: picture.height,
    channels: picture.channels,
    readRow: (y, into) => into.set(picture.data.subarray(y * stride, (y + 1) * stride)),
  };
}

/** The top left part of a picture; all of it where it is no larger. */
export function cropPicture(picture: Picture, width: number, height: number): Picture {
  const [columns, rows] = [Math.min(width, picture.width), Math.min(height, picture.height)];
  const part = { width: columns, height: rows, channels: picture.channels };
  const data = new Uint8Array(columns * rows * picture.channels);
  for (let y = 0; y < rows; y += 1) {
    const from = y * picture.width * picture.channels;
    data.set(picture.data.subarray(from, from + columns * picture.channels), y * columns * picture.channels);
  }
  return { ...part, data };
}
