import type { Duplex } from 'node:stream';
import { encodeRequest } from '../../wire/usbip/encode.ts';
import { errno, type SubmitReply, type UsbipReply } from '../../wire/usbip/messages.ts';
import { ReplyDecoder } from '../../wire/usbip/reply-decoder.ts';

interface Waiting {
  readonly isIn: boolean;
  readonly done: (reply: SubmitReply) => void;
}

/** Control requests of an enumeration (USB 2.0, 9.4). */
const getDescriptor = (type: number, length: number): readonly number[] => [0x80, 6, 0, type, 0, 0, length & 0xff, length >> 8];

/**
 * The kernel's USB/IP client as far as tests need it: imports a device, enumerates it, submits and unlinks transfers. As the kernel does, it drops
 * the device at an answer that nobody waits for.
 */
export class FakeVhci {
  /** What the server did wrong. */
  readonly violations: string[] = [];
  /** Resolves with the status of the import. */
  readonly imported: Promise<number>;
  readonly closed: Promise<void>;
  readonly #stream: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unlinks = new Map<number, (status: number) => void>();
  #sequence = 0;

  constructor(stream: Duplex, busId = '1-1') {
    this.#stream = stream;
    const imported = Promise.withResolvers<number>();
    const closed = Promise.withResolvers<void>();
    this.imported = imported.promise;
    this.closed = closed.promise;
    const decoder = new ReplyDecoder((sequence) => this.#waiting.get(sequence)?.isIn);
    stream.on('data', (bytes: Buffer) => {
      try {
        decoder.feed(bytes, (reply) => (reply.name === 'imported' ? imported.resolve(reply.status) : this.#take(reply)));
      } catch (error) {
        this.violations.push(error instanceof Error ? error.message : String(error));
        stream.destroy();
      }
    });
    stream.on('close', closed.resolve);
    stream.on('end', closed.resolve);
    stream.on('error', () => closed.resolve());
    stream.write(encodeRequest({ name: 'import', busId }));
  }

  /** What Linux does with a new device: its descriptors, then SET_CONFIGURATION. Gives device and configuration descriptor, as sysfs has them. */
  async enumerate(): Promise<Buffer> {
    const device = await this.control(getDescriptor(1, 18));
    const head = await this.control(getDescriptor(2, 9));
    const configuration = await this.control(getDescriptor(2, head.readUInt16LE(2)));
    await this.control([0, 9, 1, 0, 0, 0, 0, 0]);
    return Buffer.concat([device, configuration]);
  }

  /** A control request; its data for IN. Fails with the error number. */
  async control(setup: readonly number[], data: Uint8Array = new Uint8Array(0)): Promise<Buffer> {
    const isIn = ((setup[0] ?? 0) & 0x80) !== 0;
    const length = (setup[6] ?? 0) | ((setup[7] ?? 0) << 8);
    const reply = await this.submit({ endpoint: 0, isIn, length: isIn ? length : data.length, setup, data }).reply;
    if (reply.status !== errno.ok) throw new Error(`status ${reply.status}`);
    return Buffer.from(reply.data);
  }

  submit(what: { readonly endpoint: number; readonly isIn: boolean; readonly length?: number; readonly setup?: readonly number[]; readonly data?: Uint8Array; readonly sequence?: number }): { readonly sequence: number; readonly reply: Promise<SubmitReply> } {
    const sequence = what.sequence ?? (this.#sequence += 1);
    const data = what.data ?? new Uint8Array(0);
    const reply = new Promise<SubmitReply>((done) => this.#waiting.set(sequence, { isIn: what.isIn, done }));
    const head = { name: 'submit' as const, sequence, deviceId: 0x0001_0001, flags: 0, startFrame: 0, packets: 0, interval: 0 };
    this.#stream.write(encodeRequest({ ...head, isIn: what.isIn, endpoint: what.endpoint, length: what.isIn ? (what.length ?? 0) : data.length, setup: Uint8Array.from(what.setup ?? new Array<number>(8).fill(0)), data: what.isIn ? new Uint8Array(0) : data }));
    return { sequence, reply };
  }

  /** Takes a transfer back: -ECONNRESET if it had not been answered, 0 if it had. */
  async unlink(target: number): Promise<number> {
    const sequence = (this.#sequence += 1);
    const answered = new Promise<number>((done) => this.#unlinks.set(sequence, done));
    this.#stream.write(encodeRequest({ name: 'unlink', sequence, deviceId: 0x0001_0001, target }));
    const status = await answered;
    // From here on an answer to it is one that nobody waits for.
    if (status !== 0) this.#waiting.delete(target);
    else if (this.#waiting.has(target)) this.violations.push(`transfer ${target} is said to be answered, and is not`);
    return status;
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(reply: UsbipReply): void {
    if (reply.name === 'submitted') {
      this.#waiting.get(reply.sequence)?.done(reply);
      this.#waiting.delete(reply.sequence);
    } else if (reply.name === 'unlinked') {
      const done = this.#unlinks.get(reply.sequence);
      if (!done) this.violations.push(`an answer to unlink ${reply.sequence}, which nobody waits for`);
      this.#unlinks.delete(reply.sequence);
      done?.(reply.status);
    }
  }
}
