import { CdcAcmPort } from '../cdc-acm/cdc-acm-port.ts';
import { cdcBulkIn, nameCdcAcmRequest } from '../cdc-acm/cdc-acm-requests.ts';
import type { LineCoding } from '../cdc-acm/line-coding.ts';
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

/**
 * A board with native USB (ATmega32U4): a CDC-ACM port of the sketch, or of the boot loader, which speaks AVR109.
 * @throws HwlabError usage `bad-model` if the descriptors have no CDC data interface with a bulk IN endpoint.
 */
export function createArduinoLeonardo(model: EmulatedModel): EmulatedUnit<ArduinoLeonardoControls> {
  const unit = new ArduinoLeonardo(model);
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: (event, data) => event.setup && nameCdcAcmRequest(event.setup, data) };
}

class ArduinoLeonardo implements ArduinoLeonardoControls, UsbFunction {
  readonly #behaviour: ArduinoLeonardoBehaviour;
  readonly #port: CdcAcmPort;
  readonly #flash = new Uint8Array(caterinaFlash).fill(0xff);
  #boot = new Caterina(this.#flash);
  touched = false;

  constructor(model: EmulatedModel) {
    this.#behaviour = model.behaviour as unknown as ArduinoLeonardoBehaviour;
    this.#port = new CdcAcmPort(cdcBulkIn(model), ({ baud }) => {
      if (this.#behaviour.runs === 'sketch' && baud === touchSpeed && !this.#behaviour.defects?.ignoresTouch) this.touched = true;
    });
  }

  get lineCodings(): readonly LineCoding[] {
    return this.#port.lineCodings;
  }

  get dtr(): boolean {
    return this.#port.dtr;
  }

  flash(): Uint8Array {
    return this.#flash.slice();
  }

  get bootCommands(): number {
    return this.#boot.commands;
  }

  reset(): void {
    this.#port.forget();
    this.touched = false;
    this.#flash.fill(0xff);
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#port.plugInto(pipes);
    this.#boot = new Caterina(this.#flash);
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    return this.#port.control(setup, data);
  }

  out(_endpoint: number, data: Uint8Array): OutReply | Promise<OutReply> {
    this.#port.send(this.#behaviour.runs === 'bootloader' ? this.#boot.feed(data) : data);
    return this.#port.taken(data);
  }

  onUnplug(): void {
    this.#port.unplug();
  }
}
