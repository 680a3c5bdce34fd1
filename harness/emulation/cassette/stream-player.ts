import { shownBytes } from './divergence.ts';
import { EchoBook, type Echo } from './echoes.ts';
import { maskedStretches, type Masker } from './maskers.ts';
import type { OutStream, OutStretch } from './tape.ts';

/** Where a driver left a recorded stream. */
export interface StreamDifference {
  /** First byte of the piece that is not as recorded. */
  readonly at: number;
  /** What stood there, in words. */
  readonly expected: string;
  /** The recorded transfer that it belongs to. */
  readonly stretch: OutStretch | undefined;
}

/**
 * Compares what a driver sends to one endpoint, in whatever pieces, with the recorded stream. Volatile bytes may be anything. Every byte, transfer and mask is
 * looked at once, so that a long stream costs no more a byte than a short one.
 */
export class StreamPlayer {
  readonly #bytes: Buffer;
  readonly #stretches: readonly OutStretch[];
  readonly #masked: readonly (readonly [number, number])[];
  /** What the driver said where the device sends it back. */
  readonly echoes: EchoBook;
  #offset = 0;
  /** The first stretch whose end has not come. */
  #stretch = 0;
  #mask = 0;

  constructor(stream: OutStream, maskers: readonly Masker[], echoes: readonly Echo[] = []) {
    const { bytes, stretches, hidden } = stream;
    this.echoes = new EchoBook(stream, echoes);
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#stretches = stretches;
    this.#masked = [...maskedStretches(bytes, maskers), ...this.echoes.fields, ...hidden].sort(([a], [b]) => a - b);
  }

  /** Bytes taken so far; never more than the recorded stream has. */
  get offset(): number {
    return this.#offset;
  }

  /** Recorded transfers. */
  get stretches(): number {
    return this.#stretches.length;
  }

  /** Those of which all bytes came. */
  get complete(): number {
    return this.#stretch;
  }

  /** Whether the next byte came after a call of the suite that has not been made yet. */
  waitsForCall(epoch: number): boolean {
    const next = this.#stretches[this.#stretch];
    return next !== undefined && next.epoch > epoch;
  }

  /** Whether the stream may begin with these bytes; nothing is taken. */
  beginsWith(piece: Uint8Array): boolean {
    let mask = 0;
    for (let at = 0; at < piece.length && at < this.#bytes.length; at++) {
      if (piece[at] === this.#bytes[at]) continue;
      while ((this.#masked[mask]?.[1] ?? Infinity) <= at) mask += 1;
      if (at < (this.#masked[mask]?.[0] ?? Infinity)) return false;
    }
    return true;
  }

  /** Bytes that are still to come. */
  get rest(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Takes a piece; tells the first byte that differs, or that is one too many, and goes on after the piece as if it had been right. */
  take(piece: Uint8Array): StreamDifference | undefined {
    const from = this.#offset;
    const within = Math.min(piece.length, this.#bytes.length - from);
    this.echoes.note(piece.subarray(0, within), from);
    const same = Buffer.compare(this.#bytes.subarray(from, from + within), piece.subarray(0, within)) === 0;
    const wrong = same ? -1 : this.#firstDifference(piece, within);
    const at = wrong >= 0 ? wrong : within;
    this.#pass(from + at);
    const found = wrong >= 0 || within < piece.length ? this.#difference(at, from + at) : undefined;
    this.#offset = from + within;
    this.#pass(this.#offset);
    return found;
  }

  #difference(at: number, offset: number): StreamDifference {
    const stretch = this.#stretches[this.#stretch] ?? this.#stretches.at(-1);
    if (offset >= this.#bytes.length) return { at, stretch, expected: `no more than ${offset} bytes` };
    const meaning = stretch?.meaning === undefined ? '' : ` (${stretch.meaning})`;
    return { at, stretch, expected: `${shownBytes(this.#bytes.subarray(offset, Math.max(stretch?.to ?? 0, offset + 1)))}${meaning} at byte ${offset}` };
  }

  #firstDifference(piece: Uint8Array, within: number): number {
    for (let at = 0; at < within; at++) if (piece[at] !== this.#bytes[this.#offset + at] && !this.#isMasked(this.#offset + at)) return at;
    return -1;
  }

  #pass(offset: number): void {
    for (let next = this.#stretches[this.#stretch]; next && next.to <= offset; next = this.#stretches[this.#stretch]) this.#stretch += 1;
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
