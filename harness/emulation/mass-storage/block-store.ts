export const sectorSize = 512;
/** Sectors that are kept: 64 MiB of what was really written. */
const mostSectors = 131_072;

/** A disk of 512-byte sectors of which only the written ones are kept; the others read as zeros. */
export class BlockStore {
  readonly sectors: number;
  readonly #kept = new Map<number, Buffer>();

  constructor(sectors: number) {
    this.sectors = sectors;
  }

  read(first: number, count: number): Buffer {
    const out = Buffer.alloc(count * sectorSize);
    for (let index = 0; index < count; index += 1) this.#kept.get(first + index)?.copy(out, index * sectorSize);
    return out;
  }

  /** False if the store is full; `data` is a whole number of sectors. */
  write(first: number, data: Uint8Array): boolean {
    for (let at = 0; at < data.length; at += sectorSize) {
      const sector = first + at / sectorSize;
      if (!this.#kept.has(sector) && this.#kept.size >= mostSectors) return false;
      this.#kept.set(sector, Buffer.from(data.subarray(at, at + sectorSize)));
    }
    return true;
  }

  clear(): void {
    this.#kept.clear();
  }
}
