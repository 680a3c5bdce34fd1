import type { HwlabError } from '../../base/hwlab-error.ts';
import { textOf } from './device-record.ts';
import { Gatherer } from './gather.ts';
import { malformed } from './malformed.ts';
import { operationCodes, sizes, transferCommands, usbipVersion, type SubmitRequest, type UnlinkRequest, type UsbipRequest } from './messages.ts';

/** Most bytes of one transfer; a request of usb-storage on a fast port has one megabyte. */
export const defaultTransferLimit = 4 * 1024 * 1024;
/** The kernel's client refuses more, too (USBIP_MAX_ISO_PACKETS). */
const mostPackets = 1024;
const noPackets = 0xffff_ffff;

type Stage =
  | { readonly name: 'operation' }
  | { readonly name: 'bus-id' }
  | { readonly name: 'transfer' }
  | { readonly name: 'data'; readonly head: Omit<SubmitRequest, 'data'>; readonly bytes: number; readonly packets: number };

/**
 * What a client says, from bytes in whatever pieces. One operation comes first; `import` must be answered by `imported()` or nothing more
 * is read, since only then transfers follow. Pure: no input or output of its own.
 */
export class RequestDecoder {
  readonly #gather = new Gatherer();
  readonly #limit: number;
  #stage: Stage = { name: 'operation' };
  #ended = false;
  #broken: HwlabError | undefined;

  constructor(limit = defaultTransferLimit) {
    this.#limit = limit;
  }

  /** The import was granted: what comes now are transfers. */
  imported(): void {
    this.#stage = { name: 'transfer' };
    this.#ended = false;
  }

  /**
   * Takes bytes as they come and calls `onRequest` for each request that is whole. Data may be a view of `bytes`.
   * @throws HwlabError `usbip-malformed` with the offset; from then on always the same.
   */
  feed(bytes: Uint8Array, onRequest: (request: UsbipRequest) => void): void {
    if (this.#broken) throw this.#broken;
    this.#gather.add(bytes);
    for (;;) {
      if (this.#ended) {
        if (this.#gather.take(1)) this.#fail(this.#gather.offset - 1, 'bytes after the operation of the connection');
        return;
      }
      const stage = this.#stage;
      const at = this.#gather.offset;
      const part = this.#gather.take(this.#wanted(stage));
      if (!part) return;
      const request = this.#read(stage, part, at);
      if (request) onRequest(request);
    }
  }

  #wanted(stage: Stage): number {
    switch (stage.name) {
      case 'operation':
        return sizes.operation;
      case 'bus-id':
        return sizes.busId;
      case 'transfer':
        return sizes.transfer;
      case 'data':
        return stage.bytes + stage.packets * sizes.isoPacket;
    }
  }

  #read(stage: Stage, part: Buffer, at: number): UsbipRequest | undefined {
    switch (stage.name) {
      case 'operation':
        return this.#readOperation(part, at);
      case 'bus-id': {
        const busId = textOf(part);
        if (!/^[0-9a-zA-Z.-]{1,31}$/.test(busId)) this.#fail(at, 'a bus id that is none');
        this.#ended = true;
        return { name: 'import', busId };
      }
      case 'transfer':
        return this.#readTransfer(part, at);
      case 'data':
        this.#stage = { name: 'transfer' };
        return { ...stage.head, data: part.subarray(0, stage.bytes) };
    }
  }

  #readOperation(part: Buffer, at: number): UsbipRequest | undefined {
    const version = part.readUInt16BE(0);
    if (version !== usbipVersion) this.#fail(at, `version ${version.toString(16)}, expected ${usbipVersion.toString(16)}`);
    switch (part.readUInt16BE(2)) {
      case operationCodes.requestDevices:
        this.#ended = true;
        return { name: 'devices' };
      case operationCodes.requestImport:
        this.#stage = { name: 'bus-id' };
        return undefined;
      default:
        return this.#fail(at + 2, `unknown operation ${part.readUInt16BE(2).toString(16)}`);
    }
  }

  #readTransfer(part: Buffer, at: number): UsbipRequest | undefined {
    const word = (index: number): number => part.readUInt32BE(4 * index);
    const common = { sequence: word(1), deviceId: word(2) };
    switch (word(0)) {
      case transferCommands.unlink:
        return { name: 'unlink', ...common, target: word(5) } satisfies UnlinkRequest;
      case transferCommands.submit:
        break;
      default:
        return this.#fail(at, `unknown command ${word(0)}`);
    }
    if (word(3) > 1) this.#fail(at + 12, `direction ${word(3)}`);
    if (word(4) > 15) this.#fail(at + 16, `endpoint ${word(4)}`);
    const length = word(6);
    if (length > this.#limit) this.#fail(at + 24, `a transfer of ${length} bytes, more than the limit of ${this.#limit}`);
    const packets = word(8) === noPackets ? 0 : word(8);
    if (packets > mostPackets) this.#fail(at + 32, `${packets} isochronous packets, more than the limit of ${mostPackets}`);
    const isIn = word(3) === 1;
    const head = { name: 'submit' as const, ...common, isIn, endpoint: word(4), flags: word(5), length, startFrame: word(7), packets, interval: word(9), setup: part.subarray(40, 48) };
    const bytes = isIn ? 0 : length;
    if (bytes + packets === 0) return { ...head, data: part.subarray(0, 0) };
    this.#stage = { name: 'data', head, bytes, packets };
    return undefined;
  }

  #fail(offset: number, what: string): never {
    this.#broken = malformed(offset, what);
    throw this.#broken;
  }
}
