import type { UsbPrinterBehaviour } from './usb-printer-behaviour.ts';

/** Loses or changes one byte in so many, as a printer with a bad cable or controller does: the negative control of a byte-for-byte test. */
export class ByteDamage {
  readonly #now: () => Pick<UsbPrinterBehaviour, 'losesOneByteIn' | 'changesOneByteIn'>;
  #position = 0;

  constructor(behaviour: () => Pick<UsbPrinterBehaviour, 'losesOneByteIn' | 'changesOneByteIn'>) {
    this.#now = behaviour;
  }

  apply(bytes: Uint8Array): Uint8Array {
    const { losesOneByteIn, changesOneByteIn } = this.#now();
    if (losesOneByteIn === undefined && changesOneByteIn === undefined) return bytes;
    const kept: number[] = [];
    for (const byte of bytes) {
      this.#position += 1;
      if (losesOneByteIn !== undefined && this.#position % losesOneByteIn === 0) continue;
      kept.push(changesOneByteIn !== undefined && this.#position % changesOneByteIn === 0 ? byte ^ 0x01 : byte);
    }
    return Uint8Array.from(kept);
  }
}
