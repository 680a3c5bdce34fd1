/** What a page's header says about it. */
export interface RasterPage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  /** Dots per inch, horizontally. */
  readonly resolution: number;
}

/** Counts the pages of a document that comes in pieces; keeps no more than a page header of it. */
export interface PageCounter {
  push(bytes: Uint8Array): void;
  /** Call after the last byte. `problem` says where and why a document is not whole. */
  finish(): PageCount;
}

export interface PageCount {
  readonly pages: number;
  /** Headers of the first pages, at most 100; empty where the format does not tell. */
  readonly headers: readonly RasterPage[];
  readonly problem?: string;
}
