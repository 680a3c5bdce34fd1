import { maskedStretches, type Masker } from './maskers.ts';

/** Where two streams differ first; the offset is that of the recorded one. */
export interface StreamDifference {
  readonly offset: number;
}

/** Compares what a driver sends, in whatever pieces, with a recorded stream. Volatile bytes may be anything. */
export class StreamMatch {
  readonly #expected: Uint8Array;
  readonly #masked: readonly [number, number][];
  #offset = 0;
  #mask = 0;

  constructor(expected: Uint8Array, maskers: readonly Masker[]) {
    this.#expected = expected;
    this.#masked = maskedStretches(expected, maskers);
  }

  /** Bytes taken so far; never more than the recorded stream has. */
  get offset(): number {
    return this.#offset;
  }

  get complete(): boolean {
    return this.#offset >= this.#expected.length;
  }

  /** The next recorded bytes. */
  upcoming(count: number): Uint8Array {
    return this.#expected.subarray(this.#offset, this.#offset + count);
  }

  /** Takes a piece; tells the first byte that differs, and goes on after it as if it had been right. Bytes after the end of the stream are `extra`. */
  take(piece: Uint8Array): { readonly difference?: StreamDifference; readonly extra: number } {
    const within = Math.min(piece.length, this.#expected.length - this.#offset);
    let difference: StreamDifference | undefined;
    for (let at = 0; at < within; at++) {
      const offset = this.#offset + at;
      if (piece[at] === this.#expected[offset] || difference || this.#isMasked(offset)) continue;
      difference = { offset };
    }
    this.#offset += within;
    return { ...(difference ? { difference } : {}), extra: piece.length - within };
  }

  #isMasked(offset: number): boolean {
    for (;;) {
      const stretch = this.#masked[this.#mask];
      if (!stretch || offset < stretch[0]) return false;
      if (offset < stretch[1]) return true;
      this.#mask += 1;
    }
  }
}
