import { HwlabError } from '../../base/hwlab-error.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { BrickFiles } from './brick-files.ts';
import { Ev3Commands, ev3CommandNames } from './ev3-commands.ts';
import { NxtCommands, nxtCommandNames, type NxtFacts } from './nxt-commands.ts';

/** `behaviour` of a model with the emulator `lego-brick`; its schema is hardware-db/schemas/emulators/lego-brick.schema.json. */
export interface LegoBrickBehaviour {
  /** EV3: reports of 1024 bytes over HID; NXT: bulk transfers. */
  readonly protocol: 'ev3' | 'nxt';
  /** HID report descriptor, hex; only of an EV3. */
  readonly reportDescriptor?: string;
  readonly nxt?: NxtFacts;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Milliseconds before each answer, for personalities. */
  readonly answerDelay?: number;
  /** Deliberate breaks, for negative controls. */
  readonly defects?: {
    /** Bit 0 of the first byte of every file that is stored is turned. */
    readonly corruptsFiles?: boolean;
    readonly silent?: boolean;
  };
}

/** What a suite sees at an emulated brick. */
export interface LegoBrickControls {
  file(path: string): Uint8Array | undefined;
  fileNames(): string[];
  readonly systemCommands: number;
  readonly directCommands: number;
  /** Between tests: the model's files, nothing counted. */
  reset(): void;
}

const reportSize = 1024;

/**
 * A LEGO brick with its files: EV3 over HID, or NXT over bulk.
 * @throws HwlabError usage `bad-model` if the descriptors have no IN endpoint.
 */
export function createLegoBrick(model: EmulatedModel): EmulatedUnit<LegoBrickControls> {
  const unit = new LegoBrick(model);
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: (event, data) => unit.decode(event, data) };
}

class LegoBrick implements LegoBrickControls, UsbFunction {
  readonly #behaviour: LegoBrickBehaviour;
  readonly #in: number;
  readonly #files = new BrickFiles();
  readonly #commands: Ev3Commands | NxtCommands;
  readonly #timers = new Set<NodeJS.Timeout>();
  #pipes: UsbInPipes | undefined;

  constructor(model: EmulatedModel) {
    this.#behaviour = model.behaviour as unknown as LegoBrickBehaviour;
    const endpoint = model.usb.configuration.interfaces[0]?.alternates[0]?.endpoints.find(({ address }) => (Number(address) & 0x80) !== 0);
    if (!endpoint) throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no IN endpoint on its first interface` });
    this.#in = Number(endpoint.address) & 0x0f;
    this.#commands = this.#behaviour.protocol === 'ev3' ? new Ev3Commands(this.#files) : new NxtCommands(this.#files, this.#behaviour.nxt ?? { name: 'NXT', versions: [124, 1, 31, 1], battery: 7600 });
    this.reset();
  }

  file(path: string): Uint8Array | undefined {
    const content = this.#files.get(path);
    if (!content || !this.#behaviour.defects?.corruptsFiles || content.length === 0) return content;
    const broken = Buffer.from(content);
    broken[0] = (broken[0] ?? 0) ^ 1;
    return broken;
  }

  fileNames(): string[] {
    return this.#files.names();
  }

  get systemCommands(): number {
    return this.#commands.systemCommands;
  }

  get directCommands(): number {
    return this.#commands.directCommands;
  }

  reset(): void {
    this.#files.clear();
    for (const { path, text } of this.#behaviour.files) this.#files.put(path, Buffer.from(text));
    this.#commands.systemCommands = 0;
    this.#commands.directCommands = 0;
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#pipes = pipes;
    this.#commands.restart();
    return this;
  }

  control(setup: SetupPacket): ControlReply | undefined {
    const { reportDescriptor } = this.#behaviour;
    if (setup.requestType === 0x81 && setup.request === 6 && setup.value >>> 8 === 0x22 && reportDescriptor !== undefined) {
      return { status: 'ok', data: Buffer.from(reportDescriptor.replaceAll(' ', ''), 'hex') };
    }
    // SET_IDLE, and SET_REPORT, by which some systems send where an OUT endpoint is.
    if (setup.requestType === 0x21 && reportDescriptor !== undefined) return { status: 'ok', data: new Uint8Array(0) };
    return undefined;
  }

  out(_endpoint: number, data: Uint8Array): OutReply {
    const answer = this.#commands.answer(data);
    if (answer && !this.#behaviour.defects?.silent) this.#send(this.#behaviour.protocol === 'ev3' ? report(answer) : answer);
    return { status: 'ok', accepted: data.length };
  }

  onReset(): void {
    this.#forgetAnswers();
  }

  onUnplug(): void {
    this.#forgetAnswers();
    this.#pipes = undefined;
  }

  decode(event: WireEvent, data: Uint8Array): string | undefined {
    if (event.from !== 'host' || (event.kind !== 'bulk' && event.kind !== 'interrupt')) return undefined;
    const name = this.#behaviour.protocol === 'ev3' ? ev3CommandNames[data[5] ?? 0] : nxtCommandNames[data[1] ?? 0];
    return name === undefined ? undefined : `${this.#behaviour.protocol.toUpperCase()} ${name}`;
  }

  #send(answer: Uint8Array): void {
    const delay = this.#behaviour.answerDelay ?? 0;
    if (delay === 0) {
      void this.#pipes?.send(this.#in, answer);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#pipes?.send(this.#in, answer);
    }, delay);
    this.#timers.add(timer);
  }

  #forgetAnswers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

function report(answer: Uint8Array): Uint8Array {
  const whole = new Uint8Array(reportSize);
  whole.set(answer.subarray(0, reportSize));
  return whole;
}
