/** Cuts a stream of bytes into parts of known lengths, in whatever pieces it comes. Holds at most one part. */
export class Gatherer {
  /** Bytes before the part that is being gathered. */
  offset = 0;
  #partial: Buffer | undefined;
  #filled = 0;
  #rest: Buffer = Buffer.alloc(0);

  /** Adds bytes; they must not be written to afterwards. */
  add(bytes: Uint8Array): void {
    const more = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#rest = this.#rest.length === 0 ? more : Buffer.concat([this.#rest, more]);
  }

  /** The next `wanted` bytes (the same number until they are there); undefined if more must come. */
  take(wanted: number): Buffer | undefined {
    const part = this.#partial ?? (this.#rest.length < wanted ? Buffer.allocUnsafe(wanted) : undefined);
    if (!part) return this.#done(this.#cut(wanted));
    this.#partial = part;
    this.#filled += this.#cut(Math.min(wanted - this.#filled, this.#rest.length)).copy(part, this.#filled);
    if (this.#filled < wanted) return undefined;
    this.#partial = undefined;
    this.#filled = 0;
    return this.#done(part);
  }

  #cut(count: number): Buffer {
    const cut = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return cut;
  }

  #done(part: Buffer): Buffer {
    this.offset += part.length;
    return part;
  }
}
