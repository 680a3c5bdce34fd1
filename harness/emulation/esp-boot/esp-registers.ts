import type { EspChip } from './esp-chip.ts';

/** Offsets in the flash controller that are the same in both chips (technical reference manual, SPI). */
const commandOffset = 0x00;
const secondUserOffset = 0x24;
const start = 1 << 18;
const readId = 0x9f;
/** Most registers that are kept of what a tool writes. */
const kept = 4096;
const magicAddress = 0x4000_1000;

/** GigaDevice GD25Q32: manufacturer c8, 40, 16 (32 Mbit), lowest byte first as the controller gives it. */
export const flashId = 0x1640c8;
export const espFlashSize = 4 * 1024 * 1024;

/** The registers that tools look at: those of the chip, and the flash controller, which carries out the commands that it is given. */
export class EspRegisters {
  readonly #chip: EspChip;
  readonly #fixed: ReadonlyMap<number, number>;
  readonly #written = new Map<number, number>();

  constructor(chip: EspChip, mac: Uint8Array) {
    this.#chip = chip;
    this.#fixed = chip.registers(mac);
  }

  /** @param speed of the serial port now, bits per second. */
  read(address: number, speed: number): number {
    if (address === magicAddress) return this.#chip.magic;
    if (address === this.#chip.divider.address) return speed === 0 ? 0 : Math.round(this.#chip.divider.clock / speed);
    return this.#fixed.get(address) ?? this.#written.get(address) ?? 0;
  }

  write(address: number, value: number, mask: number): void {
    if (!this.#written.has(address) && this.#written.size >= kept) return;
    const { base, data } = this.#chip.spi;
    const now = ((this.#written.get(address) ?? 0) & ~mask) | (value & mask);
    this.#written.set(address, now >>> 0);
    if (address !== base + commandOffset || (now & start) === 0) return;
    this.#written.set(address, (now & ~start) >>> 0);
    const command = (this.#written.get(base + secondUserOffset) ?? 0) & 0xff;
    this.#written.set(base + data, command === readId ? flashId : 0);
  }
}
