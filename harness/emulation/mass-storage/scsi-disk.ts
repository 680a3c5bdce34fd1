import { sectorSize, type BlockStore } from './block-store.ts';

/** Sense key and additional code: why a command failed (SPC-3, 4.5). */
export interface Sense {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
}

export const sense = {
  none: { key: 0, code: 0, qualifier: 0 },
  notPresent: { key: 2, code: 0x3a, qualifier: 0 },
  unreadable: { key: 3, code: 0x11, qualifier: 0 },
  unwritable: { key: 3, code: 0x0c, qualifier: 0 },
  badCommand: { key: 5, code: 0x20, qualifier: 0 },
  badAddress: { key: 5, code: 0x21, qualifier: 0 },
  badField: { key: 5, code: 0x24, qualifier: 0 },
  changed: { key: 6, code: 0x28, qualifier: 0 },
  protected: { key: 7, code: 0x27, qualifier: 0 },
} as const satisfies Record<string, Sense>;

/** Manners of the medium; a suite changes them while the device is plugged in. */
export interface Medium {
  /** False while the drive says that nothing is in it. */
  present: boolean;
  writeProtected: boolean;
  /** Sectors that cannot be read. */
  readonly unreadable: { readonly from: number; readonly count: number } | undefined;
  /** Milliseconds that a flush takes, and each sector that is written. */
  readonly flushMilliseconds: number;
  readonly writeMillisecondsPerSector: number;
}

/** What a command wants next. */
export type ScsiStep =
  | { readonly then: 'send'; readonly data: Uint8Array }
  | { readonly then: 'receive'; readonly length: number; readonly take: (data: Uint8Array) => ScsiEnd }
  | ScsiEnd;
export interface ScsiEnd {
  readonly then: 'end';
  readonly good: boolean;
  /** Milliseconds before the status goes out. */
  readonly after: number;
}

export interface ScsiDiskFacts {
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
}

const good: ScsiEnd = { then: 'end', good: true, after: 0 };

/** Names of the commands that Linux sends to a stick, for the wire trace. */
export const commandNames: Readonly<Record<number, string>> = {
  0x00: 'TEST UNIT READY',
  0x03: 'REQUEST SENSE',
  0x12: 'INQUIRY',
  0x1a: 'MODE SENSE(6)',
  0x1b: 'START STOP UNIT',
  0x1e: 'PREVENT ALLOW MEDIUM REMOVAL',
  0x23: 'READ FORMAT CAPACITIES',
  0x25: 'READ CAPACITY(10)',
  0x28: 'READ(10)',
  0x2a: 'WRITE(10)',
  0x2f: 'VERIFY(10)',
  0x35: 'SYNCHRONIZE CACHE',
  0x5a: 'MODE SENSE(10)',
  0x88: 'READ(16)',
  0x8a: 'WRITE(16)',
  0x9e: 'READ CAPACITY(16)',
  0xa0: 'REPORT LUNS',
};

/** A removable disk with one logical unit (SPC-3, SBC-2): commands in, data and status out. */
export class ScsiDisk {
  readonly #store: BlockStore;
  readonly #facts: ScsiDiskFacts;
  readonly #medium: () => Medium;
  readonly #onWrite: (first: number, data: Uint8Array) => void;
  #sense: Sense = sense.none;
  #attention: Sense | undefined;
  flushes = 0;

  constructor(store: BlockStore, facts: ScsiDiskFacts, medium: () => Medium, onWrite: (first: number, data: Uint8Array) => void) {
    this.#store = store;
    this.#facts = facts;
    this.#medium = medium;
    this.#onWrite = onWrite;
  }

  /** The next command that may say so reports that the medium was changed. */
  changeMedium(): void {
    this.#attention = sense.changed;
  }

  command(block: Uint8Array): ScsiStep {
    const cdb = Buffer.alloc(16);
    cdb.set(block.subarray(0, 16));
    const code = cdb.readUInt8(0);
    if (code === 0x12) return this.#inquiry(cdb);
    if (code === 0x03) return this.#requestSense();
    if (code === 0xa0) return { then: 'send', data: Buffer.from('00000008000000000000000000000000', 'hex') };
    if (this.#attention) {
      const attention = this.#attention;
      this.#attention = undefined;
      return this.#fail(attention);
    }
    if (!this.#medium().present) return this.#fail(sense.notPresent);
    return this.#withMedium(code, cdb);
  }

  #withMedium(code: number, cdb: Buffer): ScsiStep {
    switch (code) {
      case 0x00:
      case 0x1b:
      case 0x1e:
      case 0x2f:
        return good;
      case 0x1a:
        return { then: 'send', data: Uint8Array.of(3, 0, this.#protection(), 0) };
      case 0x5a:
        return { then: 'send', data: Uint8Array.of(0, 6, 0, this.#protection(), 0, 0, 0, 0) };
      case 0x23:
        return { then: 'send', data: this.#capacity([0, 0, 0, 8], this.#store.sectors, 0x02) };
      case 0x25:
        return { then: 'send', data: this.#capacity([], this.#store.sectors - 1, 0) };
      case 0x9e: {
        const data = Buffer.alloc(32);
        data.writeUInt32BE(this.#store.sectors - 1, 4);
        data.writeUInt32BE(sectorSize, 8);
        return (cdb.readUInt8(1) & 0x1f) === 0x10 ? { then: 'send', data } : this.#fail(sense.badCommand);
      }
      case 0x35:
        this.flushes += 1;
        return { ...good, after: this.#medium().flushMilliseconds };
      case 0x28:
        return this.#read(cdb.readUInt32BE(2), cdb.readUInt16BE(7));
      case 0x2a:
        return this.#write(cdb.readUInt32BE(2), cdb.readUInt16BE(7));
      case 0x88:
        return this.#read(Number(cdb.readBigUInt64BE(2)), cdb.readUInt32BE(10));
      case 0x8a:
        return this.#write(Number(cdb.readBigUInt64BE(2)), cdb.readUInt32BE(10));
      default:
        return this.#fail(sense.badCommand);
    }
  }

  #read(first: number, count: number): ScsiStep {
    if (first + count > this.#store.sectors || count > 65_535) return this.#fail(sense.badAddress);
    const { unreadable } = this.#medium();
    if (unreadable && first < unreadable.from + unreadable.count && first + count > unreadable.from) return this.#fail(sense.unreadable);
    return count === 0 ? good : { then: 'send', data: this.#store.read(first, count) };
  }

  #write(first: number, count: number): ScsiStep {
    if (first + count > this.#store.sectors || count > 65_535) return this.#fail(sense.badAddress);
    if (this.#medium().writeProtected) return this.#fail(sense.protected);
    if (count === 0) return good;
    return {
      then: 'receive',
      length: count * sectorSize,
      take: (data) => {
        if (!this.#store.write(first, data)) return this.#fail(sense.unwritable);
        this.#onWrite(first, data);
        return { ...good, after: Math.round(count * this.#medium().writeMillisecondsPerSector) };
      },
    };
  }

  #inquiry(cdb: Buffer): ScsiStep {
    if ((cdb.readUInt8(1) & 1) !== 0) return this.#fail(sense.badField);
    const data = Buffer.alloc(36, ' ');
    // Direct access, removable, SPC-2, answer in the usual format.
    data.set([0, 0x80, 4, 2, 31, 0, 0, 0]);
    data.write(this.#facts.vendor.padEnd(8).slice(0, 8), 8, 'latin1');
    data.write(this.#facts.product.padEnd(16).slice(0, 16), 16, 'latin1');
    data.write(this.#facts.revision.padEnd(4).slice(0, 4), 32, 'latin1');
    return { then: 'send', data };
  }

  #requestSense(): ScsiStep {
    const { key, code, qualifier } = this.#sense;
    this.#sense = sense.none;
    return { then: 'send', data: Uint8Array.of(0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0, 0, 0, 0) };
  }

  #capacity(head: readonly number[], sectors: number, kind: number): Uint8Array {
    const data = Buffer.alloc(8);
    data.writeUInt32BE(sectors, 0);
    data.writeUInt32BE(sectorSize, 4);
    if (kind !== 0) data.writeUInt8(kind, 4);
    return Buffer.concat([Buffer.from(head), data]);
  }

  #protection(): number {
    return this.#medium().writeProtected ? 0x80 : 0;
  }

  #fail(why: Sense): ScsiEnd {
    this.#sense = why;
    return { then: 'end', good: false, after: 0 };
  }
}
