const sector = 4096;
const sectorsOfBlock = 16;
const erased = 0xff;

/** The flash beside an ESP chip, over a board's memory: erased by the sector, and writing clears bits only. */
export class EspFlash {
  readonly #bytes: Uint8Array;
  readonly #wornFrom: number;
  /** Bytes read, written and erased so far. */
  touched = 0;

  /** @param wornFrom from this address on bit 0 of every byte stays 1. */
  constructor(bytes: Uint8Array, wornFrom = Number.POSITIVE_INFINITY) {
    this.#bytes = bytes;
    this.#wornFrom = wornFrom;
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** What there is of a range. */
  read(at: number, length: number): Uint8Array {
    const bytes = this.#bytes.slice(at, at + length);
    this.touched += bytes.length;
    return bytes;
  }

  /** False when the range is not in the flash; nothing is written then. */
  write(at: number, data: Uint8Array): boolean {
    if (at + data.length > this.#bytes.length) return false;
    this.touched += data.length;
    for (const [index, byte] of data.entries()) {
      const place = at + index;
      this.#bytes[place] = (this.#bytes[place] ?? 0) & (place >= this.#wornFrom ? byte | 1 : byte);
    }
    return true;
  }

  /** Every sector that the range touches. */
  erase(at: number, length: number): void {
    if (length <= 0) return;
    const sectors = this.#bytes.subarray(Math.floor(at / sector) * sector, Math.ceil((at + length) / sector) * sector);
    this.touched += sectors.length;
    sectors.fill(erased);
  }

  /** As the ROM of an ESP8266 does it: the sectors up to the next block of 64 KiB are not counted, so that more is erased than was asked for. */
  eraseAsOldRom(at: number, length: number): void {
    const sectors = Math.ceil(length / sector);
    const head = Math.min(sectors, sectorsOfBlock - (Math.floor(at / sector) % sectorsOfBlock));
    this.erase(at, (sectors + head) * sector);
  }
}
