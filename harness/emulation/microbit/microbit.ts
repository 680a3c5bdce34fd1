import { HwlabError } from '../../base/hwlab-error.ts';
import { CdcAcmPort } from '../cdc-acm/cdc-acm-port.ts';
import { nameCdcAcmRequest } from '../cdc-acm/cdc-acm-requests.ts';
import type { LineCoding } from '../cdc-acm/line-coding.ts';
import { BulkOnly } from '../mass-storage/bulk-only.ts';
import { decodeMassStorage } from '../mass-storage/mass-storage.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbEndpoint, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { dapAnswer } from './cmsis-dap.ts';
import { DapDrive, type DapDriveBehaviour } from './dap-drive.ts';

/** What a suite sees and does at an emulated micro:bit. */
export interface MicrobitControls {
  /** The last program that came whole over the drive, in the order in which it came. */
  readonly flashed: Uint8Array | undefined;
  /** How often the drive went and came back since the test began. */
  readonly remounts: number;
  /** What FAIL.TXT says, if the last transfer failed. */
  readonly failure: string | undefined;
  readonly outOfOrder: number;
  readonly lineCodings: readonly LineCoding[];
  readonly dtr: boolean;
  /** CMSIS-DAP commands that came over HID. */
  readonly dapCommands: number;
  reset(): void;
}

/** `behaviour` of a model with the emulator `microbit`; its schema is hardware-db/schemas/emulators/microbit.schema.json. */
export interface MicrobitBehaviour {
  readonly label: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly reportDescriptor: string;
  readonly firmware: string;
  readonly drive: DapDriveBehaviour;
}

const reportSize = 64;
const empty: ControlReply = { status: 'ok', data: new Uint8Array(0) };

/**
 * A micro:bit with DAPLink: a drive that programs the chip, a serial port that echoes, CMSIS-DAP over HID.
 * @throws HwlabError usage `bad-model` if one of the interfaces is missing.
 */
export function createMicrobit(model: EmulatedModel): EmulatedUnit<MicrobitControls> {
  const unit = new Microbit(model);
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: (event, data) => (event.setup && nameCdcAcmRequest(event.setup, data)) ?? decodeMassStorage(event, data) };
}

class Microbit implements MicrobitControls, UsbFunction {
  readonly #behaviour: MicrobitBehaviour;
  readonly #drive: DapDrive;
  readonly #storage: { readonly in: UsbEndpoint; readonly out: UsbEndpoint };
  readonly #serial: { readonly in: UsbEndpoint; readonly out: UsbEndpoint };
  readonly #port: CdcAcmPort;
  readonly #hid: { readonly in: UsbEndpoint; readonly out: UsbEndpoint };
  readonly #product: string;
  readonly #serialNumber: string;
  #pipes: UsbInPipes | undefined;
  #transport: BulkOnly | undefined;
  dapCommands = 0;

  constructor(model: EmulatedModel) {
    this.#behaviour = model.behaviour as unknown as MicrobitBehaviour;
    this.#storage = pairOf(model, 8);
    this.#serial = pairOf(model, 0x0a);
    this.#port = new CdcAcmPort(numberOf(this.#serial.in));
    this.#hid = pairOf(model, 3);
    this.#product = model.usb.strings.product ?? '';
    this.#serialNumber = model.usb.strings.serial ?? '';
    const { label, files, drive } = this.#behaviour;
    this.#drive = new DapDrive(
      drive,
      label,
      files.map(({ name, text }) => ({ name, content: Buffer.from(text) })),
    );
  }

  get lineCodings(): readonly LineCoding[] {
    return this.#port.lineCodings;
  }

  get dtr(): boolean {
    return this.#port.dtr;
  }

  get flashed(): Uint8Array | undefined {
    return this.#drive.flashed;
  }

  get remounts(): number {
    return this.#drive.remounts;
  }

  get failure(): string | undefined {
    return this.#drive.failure;
  }

  get outOfOrder(): number {
    return this.#drive.outOfOrder;
  }

  reset(): void {
    this.#drive.forget();
    this.#port.forget();
    this.dapCommands = 0;
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#pipes = pipes;
    const storageIn = numberOf(this.#storage.in);
    this.#transport = new BulkOnly(this.#drive.disk, { send: async (data) => await pipes.send(storageIn, data), halt: () => pipes.halt(storageIn) }, this.#storage.in.maxPacketSize);
    this.#port.plugInto(pipes);
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    switch (`${setup.requestType.toString(16)} ${setup.request.toString(16)}`) {
      case 'a1 fe':
        return { status: 'ok', data: Uint8Array.of(0) };
      case '21 ff':
        this.#transport?.reset();
        return empty;
      case '21 a':
        return empty;
      case '81 6':
        return setup.value >>> 8 === 0x22 ? { status: 'ok', data: Buffer.from(this.#behaviour.reportDescriptor.replaceAll(' ', ''), 'hex') } : undefined;
      default:
        return this.#port.control(setup, data);
    }
  }

  out(endpoint: number, data: Uint8Array): OutReply | Promise<OutReply> {
    const taken: OutReply = { status: 'ok', accepted: data.length };
    if (endpoint === numberOf(this.#storage.out)) return this.#transport?.out(data) ?? { status: 'stall', accepted: 0 };
    if (endpoint === numberOf(this.#serial.out)) {
      this.#port.send(data);
      return this.#port.taken(data);
    }
    this.dapCommands += 1;
    const answer = new Uint8Array(reportSize);
    answer.set(dapAnswer(data, { product: this.#product, serial: this.#serialNumber, firmware: this.#behaviour.firmware }).subarray(0, reportSize));
    void this.#pipes?.send(numberOf(this.#hid.in), answer);
    return taken;
  }

  onReset(): void {
    this.#transport?.reset();
    this.#port.clear();
  }

  onUnplug(): void {
    this.#transport?.reset();
    this.#port.unplug();
    this.#drive.powerOff();
    this.#pipes = undefined;
  }
}

function numberOf(endpoint: UsbEndpoint): number {
  return Number(endpoint.address) & 0x0f;
}

function pairOf(model: EmulatedModel, base: number): { readonly in: UsbEndpoint; readonly out: UsbEndpoint } {
  const endpoints = model.usb.configuration.interfaces.flatMap(({ alternates }) => alternates).find((alternate) => alternate.class[0] === base)?.endpoints ?? [];
  const into = endpoints.find(({ address }) => (Number(address) & 0x80) !== 0);
  const out = endpoints.find(({ address }) => (Number(address) & 0x80) === 0);
  if (into && out) return { in: into, out };
  throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no interface of class ${base} with an endpoint each way` });
}
