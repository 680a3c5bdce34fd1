import { HwlabError } from '../../base/hwlab-error.ts';
import { decodeLineCoding, encodeLineCoding, initialLineCoding, type LineCoding } from '../arduino-uno/line-coding.ts';
import { SerialOutput } from '../arduino-uno/serial-output.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { Caterina, caterinaFlash } from './caterina.ts';

/** `behaviour` of a model with the emulator `arduino-leonardo`; its schema is hardware-db/schemas/emulators/arduino-leonardo.schema.json. */
export interface ArduinoLeonardoBehaviour {
  /** What runs on the only microcontroller: it is the USB device, so that another program is another device. */
  readonly runs: 'sketch' | 'bootloader';
  /** Product id while the boot loader runs. */
  readonly bootProductId: string;
  readonly defects?: {
    /** The sketch does not heed the touch. */
    readonly ignoresTouch?: boolean;
  };
}

/** What a suite sees at an emulated Leonardo. */
export interface ArduinoLeonardoControls {
  /** A copy of the flash. */
  flash(): Uint8Array;
  readonly lineCodings: readonly LineCoding[];
  readonly dtr: boolean;
  /** Closed at 1200 bit/s: the board wants to come back as its boot loader, which the suite does by plugging that in. */
  readonly touched: boolean;
  readonly bootCommands: number;
  reset(): void;
}

const touchSpeed = 1200;
const done: ControlReply = { status: 'ok', data: new Uint8Array(0) };

/**
 * A board with native USB (ATmega32U4): a CDC-ACM port of the sketch, or of the boot loader, which speaks AVR109.
 * @throws HwlabError usage `bad-model` if the descriptors have no CDC data interface with a bulk IN endpoint.
 */
export function createArduinoLeonardo(model: EmulatedModel): EmulatedUnit<ArduinoLeonardoControls> {
  const unit = new ArduinoLeonardo(model);
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes) };
}

class ArduinoLeonardo implements ArduinoLeonardoControls, UsbFunction {
  readonly #behaviour: ArduinoLeonardoBehaviour;
  readonly #bulkIn: number;
  readonly #flash = new Uint8Array(caterinaFlash).fill(0xff);
  #boot = new Caterina(this.#flash);
  #output: SerialOutput | undefined;
  #coding = initialLineCoding;
  lineCodings: LineCoding[] = [];
  dtr = false;
  touched = false;

  constructor(model: EmulatedModel) {
    this.#behaviour = model.behaviour as unknown as ArduinoLeonardoBehaviour;
    const data = model.usb.configuration.interfaces.flatMap(({ alternates }) => alternates).find((alternate) => alternate.class[0] === 0x0a);
    const bulkIn = data?.endpoints.find(({ address }) => (Number(address) & 0x80) !== 0);
    if (!bulkIn) throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no CDC data interface (class 0x0a) with a bulk IN endpoint` });
    this.#bulkIn = Number(bulkIn.address) & 0x0f;
  }

  flash(): Uint8Array {
    return this.#flash.slice();
  }

  get bootCommands(): number {
    return this.#boot.commands;
  }

  reset(): void {
    this.lineCodings = [];
    this.touched = false;
    this.#flash.fill(0xff);
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#output = new SerialOutput(async (data, signal) => await pipes.send(this.#bulkIn, data, signal));
    this.#boot = new Caterina(this.#flash);
    this.#coding = initialLineCoding;
    this.dtr = false;
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    switch (`${setup.requestType.toString(16)} ${setup.request.toString(16)}`) {
      case '21 20': {
        const coding = decodeLineCoding(data);
        if (!coding) return undefined;
        this.#coding = coding;
        if (this.lineCodings.length < 1000) this.lineCodings.push(coding);
        return done;
      }
      case 'a1 21':
        return { status: 'ok', data: encodeLineCoding(this.#coding) };
      case '21 22':
        this.#setDtr((setup.value & 1) !== 0);
        return done;
      case '21 23':
        return done;
      default:
        return undefined;
    }
  }

  out(_endpoint: number, data: Uint8Array): OutReply {
    this.#output?.push(this.#behaviour.runs === 'bootloader' ? this.#boot.feed(data) : data);
    return { status: 'ok', accepted: data.length };
  }

  onUnplug(): void {
    this.#output?.clear();
    this.#output = undefined;
    this.dtr = false;
  }

  #setDtr(on: boolean): void {
    this.dtr = on;
    if (on) return;
    this.#output?.clear();
    if (this.#behaviour.runs === 'sketch' && this.#coding.baud === touchSpeed && !this.#behaviour.defects?.ignoresTouch) this.touched = true;
  }
}
