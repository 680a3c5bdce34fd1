import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { mergePatch } from '../../base/merge-patch.ts';
import { projectRoot } from '../../base/places.ts';
import { encodeIpp } from '../../wire/ipp/encode-ipp.ts';
import { strings } from '../../wire/ipp/ipp-lookup.ts';
import type { IppAttribute, IppMessage } from '../../wire/ipp/ipp-message.ts';
import { ippOperations, ippStatusName } from '../../wire/ipp/ipp-names.ts';
import { decodeIpp } from '../../wire/ipp/ipp-parser.ts';
import { createIppUsbMfp, type MfpControls } from '../ipp-usb-mfp/ipp-usb-mfp.ts';
import type { EmulatedModel, UsbFunction } from '../usb-device.ts';

const signal = new AbortController().signal;

/** A driver on the other side of the cable: writes HTTP to bulk OUT 1 and reads what comes on bulk IN 1. */
export class IppCable {
  readonly device: UsbFunction;
  readonly controls: MfpControls;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #requestId = 0;

  constructor(patch: object = {}, id = 'kyocera-ecosys-m2040dn') {
    const model = mergePatch(JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices/mfps', `${id}.json`), 'utf8')), patch) as EmulatedModel;
    const unit = createIppUsbMfp(model);
    this.controls = unit.controls;
    this.device = unit.createFunction({
      send: async (_endpoint, data) => {
        this.#received = Buffer.concat([this.#received, data]);
        this.#wake();
      },
      halt: () => undefined,
    });
    this.select();
  }

  select(): void {
    this.#received = Buffer.alloc(0);
    this.device.onAlternate?.(0, 1);
  }

  /** What has come and was not read yet. */
  get received(): Buffer {
    return this.#received;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += 512) await this.device.out(1, bytes.subarray(at, at + 512), signal);
  }

  async read(): Promise<{ readonly status: number; readonly body: Buffer }> {
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      const head = end < 0 ? '' : this.#received.subarray(0, end).toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (end >= 0 && this.#received.length >= end + 4 + length) {
        const body = this.#received.subarray(end + 4, end + 4 + length);
        this.#received = this.#received.subarray(end + 4 + length);
        return { status: Number(head.slice(9, 12)), body };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async post(path: string, body: Uint8Array, type = 'application/ipp'): Promise<{ readonly status: number; readonly body: Buffer }> {
    await this.write(Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\nHost: localhost:60000\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`), body]));
    return await this.read();
  }

  async send(message: IppMessage, document: Uint8Array = new Uint8Array(0)): Promise<IppMessage & { readonly status: string }> {
    const { status, body } = await this.post('/ipp/print', Buffer.concat([encodeIpp(message), document]));
    expect(status).to.equal(200);
    const answer = decodeIpp(body).message;
    expect(answer.requestId).to.equal(message.requestId);
    return { ...answer, status: ippStatusName(answer.code) };
  }

  async ask(operation: keyof typeof ippOperations, operationAttributes: readonly IppAttribute[] = [], job: readonly IppAttribute[] = [], document?: Uint8Array): Promise<IppMessage & { readonly status: string }> {
    return await this.send(this.request(operation, operationAttributes, job), document);
  }

  request(operation: keyof typeof ippOperations, operationAttributes: readonly IppAttribute[] = [], job: readonly IppAttribute[] = []): IppMessage {
    this.#requestId += 1;
    const opening = [strings('attributes-charset', 'charset', 'utf-8'), strings('attributes-natural-language', 'naturalLanguage', 'en'), strings('printer-uri', 'uri', 'ipp://localhost:60000/ipp/print'), strings('requesting-user-name', 'nameWithoutLanguage', 'anna')];
    return {
      version: [2, 0],
      code: ippOperations[operation],
      requestId: this.#requestId,
      groups: [{ tag: 'operation', attributes: [...opening, ...operationAttributes] }, ...(job.length > 0 ? [{ tag: 'job', attributes: job } as const] : [])],
    };
  }
}
