import type { Duplex } from 'node:stream';
import { HwlabError } from '../base/hwlab-error.ts';
import { encodeReply } from '../wire/usbip/encode.ts';
import { errno, type SubmitReply, type SubmitRequest, type UnlinkRequest, type UsbipReply } from '../wire/usbip/messages.ts';
import type { Transfer } from './transfer.ts';
import type { TransferStatus } from './usb-device.ts';
import type { UsbDeviceCore } from './usb-device-core.ts';

/** Most transfers that a client may have under way; cdc_acm has 16, usb-storage one. */
const mostPending = 1024;
/** Most bytes of OUT transfers under way. */
const mostPendingBytes = 32 * 1024 * 1024;

const numbers: Readonly<Record<TransferStatus, number>> = {
  'ok': errno.ok,
  'stall': errno.stall,
  'cancelled': errno.reset,
  'invalid': errno.invalid,
  'io-error': errno.protocol,
  'timeout': errno.timeout,
  'babble': errno.overflow,
};

const setConfiguration = { requestType: 0, request: 9 } as const;

/**
 * The transfers of one client that has imported a device. Every transfer is answered exactly once: by its reply, or by the answer to its unlink.
 * A reply too many makes the kernel's client drop the whole device ("cannot find a urb of seqnum", dorssel/usbipd-win#538).
 */
export class UsbipSession {
  readonly #stream: Duplex;
  readonly #core: UsbDeviceCore;
  readonly #onConfigured: () => void;
  readonly #pending = new Map<number, { readonly request: SubmitRequest; readonly transfer: Transfer }>();
  #pendingBytes = 0;
  #ended = false;

  constructor(stream: Duplex, core: UsbDeviceCore, onConfigured: () => void) {
    this.#stream = stream;
    this.#core = core;
    this.#onConfigured = onConfigured;
  }

  /** @throws HwlabError `usbip-protocol-error`; the connection is of no use then. */
  handle(request: SubmitRequest | UnlinkRequest): void {
    if (this.#ended) return;
    if (request.name === 'unlink') this.#unlink(request);
    else this.#submit(request);
  }

  /** Ends without an answer to anything: the client is gone or will be. */
  end(): void {
    this.#ended = true;
    for (const { transfer } of this.#pending.values()) transfer.cancel();
    this.#pending.clear();
  }

  #submit(request: SubmitRequest): void {
    if (this.#pending.has(request.sequence)) throw protocolError(`transfer ${request.sequence} was submitted twice`);
    if (this.#pending.size >= mostPending) throw protocolError(`more than ${mostPending} transfers under way`);
    this.#pendingBytes += request.data.length;
    if (this.#pendingBytes > mostPendingBytes) throw protocolError(`more than ${mostPendingBytes} bytes under way`);
    let answered = false;
    let taken = false;
    const done = (status: TransferStatus, data: Uint8Array, length: number): void => {
      answered = true;
      const waiting = this.#pending.delete(request.sequence);
      this.#pendingBytes -= request.data.length;
      // Taken and yet not waiting any more: an unlink has taken it out, and answers itself.
      if (!this.#ended && (waiting || !taken)) this.#send(replyTo(request, status, data, length));
    };
    const transfer = this.#start(request, done);
    taken = true;
    if (!answered) this.#pending.set(request.sequence, { request, transfer });
  }

  #start(request: SubmitRequest, done: (status: TransferStatus, data: Uint8Array, length: number) => void): Transfer {
    const core = this.#core;
    if (request.endpoint === 0) return this.#control(request, done);
    if (request.isIn) return core.submitIn(0x80 | request.endpoint, request.length, ({ status, data }) => done(status, data, data.length));
    return core.submitOut(request.endpoint, request.data, ({ status, accepted }) => done(status, request.data.subarray(0, 0), accepted));
  }

  /** SET_CONFIGURATION, SET_INTERFACE and the rest of the standard requests come as what they are; only SET_ADDRESS stays with the client. */
  #control(request: SubmitRequest, done: (status: TransferStatus, data: Uint8Array, length: number) => void): Transfer {
    const view = Buffer.from(request.setup.buffer, request.setup.byteOffset, 8);
    const setup = { requestType: view.readUInt8(0), request: view.readUInt8(1), value: view.readUInt16LE(2), index: view.readUInt16LE(4), length: view.readUInt16LE(6) };
    return this.#core.submitControl(setup, request.data, ({ status, data }) => {
      const sent = request.isIn && status === 'ok' ? data.subarray(0, request.length) : data.subarray(0, 0);
      done(status, sent, request.isIn ? sent.length : status === 'ok' ? request.data.length : 0);
      if (status === 'ok' && setup.requestType === setConfiguration.requestType && setup.request === setConfiguration.request && setup.value > 0) this.#onConfigured();
    });
  }

  #unlink({ sequence, target }: UnlinkRequest): void {
    const found = this.#pending.get(target);
    this.#pending.delete(target);
    found?.transfer.cancel();
    // It had been answered before the unlink came: the client has the reply, and 0 says so.
    this.#send({ name: 'unlinked', sequence, status: found ? -errno.reset : 0 });
    if (found) this.#stopPollingIfLast(found.request);
  }

  /** USB/IP has no message for it: a driver that has taken back its last IN transfer polls no more. */
  #stopPollingIfLast({ endpoint, isIn }: SubmitRequest): void {
    if (!isIn || endpoint === 0) return;
    for (const { request } of this.#pending.values()) if (request.isIn && request.endpoint === endpoint) return;
    this.#core.stopPolling(0x80 | endpoint);
  }

  #send(reply: UsbipReply): void {
    if (this.#stream.destroyed || this.#stream.write(encodeReply(reply)) || this.#stream.isPaused()) return;
    // The client does not read: nothing more is taken from it until it does.
    this.#stream.pause();
    this.#stream.once('drain', () => this.#stream.resume());
  }
}

function replyTo(request: SubmitRequest, status: TransferStatus, data: Uint8Array, length: number): SubmitReply {
  return { name: 'submitted', sequence: request.sequence, status: numbers[status] === 0 ? 0 : -numbers[status], length, packets: request.packets, data: request.isIn ? data : data.subarray(0, 0) };
}

export function protocolError(what: string): HwlabError {
  return new HwlabError({ code: 'usbip-protocol-error', blame: 'lab', message: `the USB/IP client broke the protocol: ${what}` });
}
