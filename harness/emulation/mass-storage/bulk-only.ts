import type { OutReply } from '../usb-device.ts';
import { commandNames, type ScsiDisk, type ScsiEnd } from './scsi-disk.ts';

const commandLength = 31;
const commandSignature = 0x43425355;
const statusSignature = 0x53425355;
/** Most bytes that one command may carry; Linux asks for 120 KiB to 1 MiB. */
const longest = 32 * 1024 * 1024;

export interface BulkOnlyPipes {
  send(data: Uint8Array): Promise<void>;
  halt(): void;
}

interface Receiving {
  readonly tag: number;
  readonly wanted: number;
  readonly length: number;
  readonly take: ((data: Uint8Array) => ScsiEnd) | ScsiEnd;
  readonly parts: Uint8Array[];
  got: number;
}

/** Bulk-Only Transport 1.0 of one logical unit: a command of 31 bytes, data one way, a status of 13 bytes. */
export class BulkOnly {
  readonly #disk: ScsiDisk;
  readonly #pipes: BulkOnlyPipes;
  readonly #packetSize: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #receiving: Receiving | undefined;

  constructor(disk: ScsiDisk, pipes: BulkOnlyPipes, packetSize: number) {
    this.#disk = disk;
    this.#pipes = pipes;
    this.#packetSize = packetSize;
  }

  /** A transfer on the OUT endpoint: a command, or data of the last one. Anything else halts, until the next reset (6.6.1). */
  out(data: Uint8Array): OutReply {
    if (this.#receiving) {
      this.#receive(this.#receiving, data);
      return { status: 'ok', accepted: data.length };
    }
    const block = Buffer.from(data);
    if (block.length !== commandLength || block.readUInt32LE(0) !== commandSignature || block.readUInt32LE(8) > longest) {
      this.#pipes.halt();
      return { status: 'stall', accepted: 0 };
    }
    this.#command(block);
    return { status: 'ok', accepted: data.length };
  }

  /** Bulk-only mass storage reset, bus reset, unplug. */
  reset(): void {
    this.#receiving = undefined;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #command(block: Buffer): void {
    const tag = block.readUInt32LE(4);
    const wanted = block.readUInt32LE(8);
    const toHost = (block.readUInt8(12) & 0x80) !== 0;
    const step = this.#disk.command(block.subarray(15, 15 + (block.readUInt8(14) & 0x1f)));
    if (step.then === 'receive') {
      // A driver that promises less than the command says breaks the protocol (6.7, case 13): nothing is written.
      const take = !toHost && wanted >= step.length ? step.take : ({ then: 'end', good: false, after: 0 } as const);
      this.#beginReceiving(tag, wanted, step.length, take);
    } else if (step.then === 'send') {
      this.#sendData(step.data.subarray(0, toHost ? wanted : 0), toHost ? wanted : 0);
      this.#finish(tag, wanted - Math.min(wanted, step.data.length), { then: 'end', good: true, after: 0 });
    } else if (!toHost && wanted > 0) {
      this.#beginReceiving(tag, wanted, wanted, step);
    } else {
      this.#sendData(new Uint8Array(0), wanted);
      this.#finish(tag, wanted, step);
    }
  }

  #beginReceiving(tag: number, wanted: number, length: number, take: Receiving['take']): void {
    if (wanted === 0) {
      this.#finish(tag, 0, { then: 'end', good: false, after: 0 });
      return;
    }
    this.#receiving = { tag, wanted, length, take, parts: [], got: 0 };
  }

  #receive(receiving: Receiving, data: Uint8Array): void {
    receiving.parts.push(data);
    receiving.got += data.length;
    if (receiving.got < receiving.wanted && data.length % this.#packetSize === 0) return;
    this.#receiving = undefined;
    const { take, tag, wanted, length, got } = receiving;
    if (typeof take !== 'function') this.#finish(tag, wanted, take);
    else if (got < length) this.#finish(tag, wanted, { then: 'end', good: false, after: 0 });
    else this.#finish(tag, wanted - length, take(Buffer.concat(receiving.parts).subarray(0, length)));
  }

  /** Less than the driver wants ends with a short packet, if need be an empty one. */
  #sendData(data: Uint8Array, wanted: number): void {
    if (data.length > 0) void this.#pipes.send(data);
    if (data.length < wanted && data.length % this.#packetSize === 0) void this.#pipes.send(new Uint8Array(0));
  }

  #finish(tag: number, residue: number, { good, after }: ScsiEnd): void {
    const status = Buffer.alloc(13);
    status.writeUInt32LE(statusSignature, 0);
    status.writeUInt32LE(tag, 4);
    status.writeUInt32LE(residue, 8);
    status.writeUInt8(good ? 0 : 1, 12);
    if (after === 0) {
      void this.#pipes.send(status);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#pipes.send(status);
    }, after);
    this.#timers.add(timer);
  }
}

/** The command of a command block wrapper in words, for the wire trace. */
export function commandOf(data: Uint8Array): string | undefined {
  if (data.length !== commandLength || Buffer.from(data).readUInt32LE(0) !== commandSignature) return undefined;
  const code = data[15] ?? 0;
  return `SCSI ${commandNames[code] ?? code.toString(16)}`;
}
