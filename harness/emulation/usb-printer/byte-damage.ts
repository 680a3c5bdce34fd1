/** Loses or changes one byte in so many, as a printer with a bad cable or controller does: the negative control of a byte-for-byte test. */
export class ByteDamage {
  readonly #losesOneIn: number | undefined;
  readonly #changesOneIn: number | undefined;
  #position = 0;

  constructor(options: { readonly losesOneByteIn?: number; readonly changesOneByteIn?: number }) {
    this.#losesOneIn = options.losesOneByteIn;
    this.#changesOneIn = options.changesOneByteIn;
  }

  apply(bytes: Uint8Array): Uint8Array {
    if (this.#losesOneIn === undefined && this.#changesOneIn === undefined) return bytes;
    const kept: number[] = [];
    for (const byte of bytes) {
      this.#position += 1;
      if (this.#losesOneIn !== undefined && this.#position % this.#losesOneIn === 0) continue;
      kept.push(this.#changesOneIn !== undefined && this.#position % this.#changesOneIn === 0 ? byte ^ 0x01 : byte);
    }
    return Uint8Array.from(kept);
  }
}
