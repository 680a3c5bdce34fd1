/**
 * Walks over one page of the run-length code that PWG raster (PWG 5102.4, 4.4) and Apple raster share, without unpacking it. A line is one byte
 * "repeat n more times", then runs until it is full: 0..127 = the next pixel n + 1 times; 129..255 = 257 - n literal pixels; 128 = the rest is white
 * (Apple raster only).
 */
export class PackedLines {
  readonly #pixelBytes: number;
  readonly #pixelsPerLine: number;
  readonly #fillAllowed: boolean;
  #linesLeft: number;
  #pixelsLeft = 0;
  /** Bytes of pixels to skip. */
  #skip = 0;
  #inLine = false;

  constructor(options: { readonly lines: number; readonly bytesPerLine: number; readonly bitsPerPixel: number; readonly fillAllowed: boolean }) {
    this.#pixelBytes = Math.max(1, options.bitsPerPixel >> 3);
    this.#pixelsPerLine = Math.ceil(options.bytesPerLine / this.#pixelBytes);
    this.#linesLeft = options.lines;
    this.#fillAllowed = options.fillAllowed;
  }

  get done(): boolean {
    return this.#linesLeft === 0 && !this.#inLine && this.#skip === 0;
  }

  get linesLeft(): number {
    return this.#linesLeft;
  }

  /** Takes bytes from `at`; gives the offset behind the last one that belongs to the page, or what is wrong with the byte there. */
  push(bytes: Uint8Array, at: number): number | { readonly problem: string; readonly at: number } {
    let position = at;
    while (!this.done) {
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, bytes.length - position);
        this.#skip -= taken;
        position += taken;
        if (this.#skip > 0) return position;
        if (this.#pixelsLeft === 0) this.#inLine = false;
        continue;
      }
      const code = bytes[position];
      if (code === undefined) return position;
      const problem = this.#inLine ? this.#run(code) : this.#line(code);
      if (problem) return { problem, at: position };
      position += 1;
    }
    return position;
  }

  #line(code: number): string | undefined {
    if (code + 1 > this.#linesLeft) return `a line is repeated ${code + 1} times where ${this.#linesLeft} lines are left`;
    this.#linesLeft -= code + 1;
    this.#pixelsLeft = this.#pixelsPerLine;
    this.#inLine = this.#pixelsLeft > 0;
    return undefined;
  }

  #run(code: number): string | undefined {
    if (code === 128) {
      if (!this.#fillAllowed) return 'the run code 128 is reserved';
      this.#pixelsLeft = 0;
      this.#inLine = false;
      return undefined;
    }
    const pixels = code < 128 ? code + 1 : 257 - code;
    if (pixels > this.#pixelsLeft) return `a run of ${pixels} pixels where the line has ${this.#pixelsLeft} left`;
    this.#pixelsLeft -= pixels;
    this.#skip = (code < 128 ? 1 : pixels) * this.#pixelBytes;
    return undefined;
  }
}
