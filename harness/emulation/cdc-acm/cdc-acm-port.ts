import type { ControlReply, OutReply, SetupPacket, UsbInPipes } from '../usb-device.ts';
import { answerCdcAcm, type CdcAcmLine } from './cdc-acm-requests.ts';
import { initialLineCoding, type LineCoding } from './line-coding.ts';
import { SerialOutput } from './serial-output.ts';

/** Most line codings that are kept for a test. */
const mostCodings = 1000;

/** A CDC-ACM port of a board whose USB device is its only microcontroller: how the line is set, and what is on its way to the driver. */
export class CdcAcmPort implements CdcAcmLine {
  readonly #bulkIn: number;
  readonly #onClose: (coding: LineCoding) => void;
  #output: SerialOutput | undefined;
  coding = initialLineCoding;
  dtr = false;
  /** How often the port was opened, and the line codings that were set, since `forget`. */
  dtrEdges = 0;
  lineCodings: LineCoding[] = [];

  /** @param onClose called when DTR goes off, with the line coding of that moment */
  constructor(bulkIn: number, onClose: (coding: LineCoding) => void = () => undefined) {
    this.#bulkIn = bulkIn;
    this.#onClose = onClose;
  }

  plugInto(pipes: UsbInPipes): void {
    this.#output = new SerialOutput(async (data, signal) => await pipes.send(this.#bulkIn, data, signal));
    this.coding = initialLineCoding;
    this.dtr = false;
  }

  unplug(): void {
    this.clear();
    this.#output = undefined;
    this.dtr = false;
  }

  /** Throws away what the driver has not taken. */
  clear(): void {
    this.#output?.clear();
  }

  /** Between tests. */
  forget(): void {
    this.dtrEdges = 0;
    this.lineCodings = [];
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    return answerCdcAcm(this, setup, data);
  }

  send(data: Uint8Array): void {
    this.#output?.push(data);
  }

  /** All of `data` is taken, as soon as what is on its way to the driver leaves room: a computer that sends and never reads is held up. */
  taken(data: Uint8Array): OutReply | Promise<OutReply> {
    const reply: OutReply = { status: 'ok', accepted: data.length };
    const room = this.#output?.room();
    return room ? room.then(() => reply) : reply;
  }

  setCoding(coding: LineCoding): void {
    this.coding = coding;
    if (this.lineCodings.length < mostCodings) this.lineCodings.push(coding);
  }

  setLines(dtr: boolean): void {
    const before = this.dtr;
    this.dtr = dtr;
    if (dtr && !before) this.dtrEdges += 1;
    if (dtr) return;
    this.clear();
    if (before) this.#onClose(this.coding);
  }
}
