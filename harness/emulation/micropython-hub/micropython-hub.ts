import { HwlabError } from '../../base/hwlab-error.ts';
import { decodeLineCoding, encodeLineCoding, initialLineCoding, type LineCoding } from '../arduino-uno/line-coding.ts';
import { SerialOutput } from '../arduino-uno/serial-output.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';
import { Repl, type ReplFacts } from './repl.ts';

/** `behaviour` of a model with the emulator `micropython-hub`; its schema is hardware-db/schemas/emulators/micropython-hub.schema.json. */
export interface MicropythonHubBehaviour extends ReplFacts {
  /** What the hub's own program says while it runs, and how often, in milliseconds. */
  readonly telemetry: { readonly text: string; readonly every: number };
  /** Deliberate breaks, for negative controls. */
  readonly defects?: {
    /** Nothing is answered. */
    readonly silent?: boolean;
    /** One byte in so many that come is lost. */
    readonly losesOneByteIn?: number;
  };
}

/** What a suite sees at an emulated hub. */
export interface MicropythonHubControls {
  /** Bytes that came from the computer, and how often the port was opened, since the test began. */
  readonly receivedBytes: number;
  readonly dtrEdges: number;
  readonly lineCodings: readonly LineCoding[];
  /** What the hub does: its own program, or a prompt. */
  readonly mode: Repl['mode'];
  /** Programs that were run to their end since the test began. */
  readonly programs: number;
  /** Between tests: as after switching on, nothing recorded. */
  reset(): void;
}

const mostCodings = 1000;
const done: ControlReply = { status: 'ok', data: new Uint8Array(0) };

/**
 * A programmable hub with MicroPython behind a CDC-ACM port.
 * @throws HwlabError usage `bad-model` if the descriptors have no CDC data interface with a bulk IN endpoint.
 */
export function createMicropythonHub(model: EmulatedModel): EmulatedUnit<MicropythonHubControls> {
  const unit = new MicropythonHub(model);
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes) };
}

class MicropythonHub implements MicropythonHubControls, UsbFunction {
  readonly #behaviour: MicropythonHubBehaviour;
  readonly #bulkIn: number;
  readonly #repl: Repl;
  #output: SerialOutput | undefined;
  #telemetry: NodeJS.Timeout | undefined;
  #coding = initialLineCoding;
  #dtr = false;
  receivedBytes = 0;
  dtrEdges = 0;
  lineCodings: LineCoding[] = [];

  constructor(model: EmulatedModel) {
    this.#behaviour = model.behaviour as unknown as MicropythonHubBehaviour;
    const data = model.usb.configuration.interfaces.flatMap(({ alternates }) => alternates).find((alternate) => alternate.class[0] === 0x0a);
    const bulkIn = data?.endpoints.find(({ address }) => (Number(address) & 0x80) !== 0);
    if (!bulkIn) throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no CDC data interface (class 0x0a) with a bulk IN endpoint` });
    this.#bulkIn = Number(bulkIn.address) & 0x0f;
    this.#repl = new Repl(this.#behaviour, (text) => this.#say(text));
  }

  get mode(): Repl['mode'] {
    return this.#repl.mode;
  }

  get programs(): number {
    return this.#repl.programs;
  }

  reset(): void {
    this.#repl.restart();
    this.receivedBytes = 0;
    this.dtrEdges = 0;
    this.lineCodings = [];
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#output = new SerialOutput(async (data, signal) => await pipes.send(this.#bulkIn, data, signal));
    this.#repl.restart();
    const { text, every } = this.#behaviour.telemetry;
    clearInterval(this.#telemetry);
    this.#telemetry = setInterval(() => {
      if (this.#repl.mode === 'program') this.#say(text);
    }, every).unref();
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    switch (`${setup.requestType.toString(16)} ${setup.request.toString(16)}`) {
      case '21 20': {
        const coding = decodeLineCoding(data);
        if (!coding) return undefined;
        this.#coding = coding;
        if (this.lineCodings.length < mostCodings) this.lineCodings.push(coding);
        return done;
      }
      case 'a1 21':
        return { status: 'ok', data: encodeLineCoding(this.#coding) };
      case '21 22':
        this.#setLines((setup.value & 1) !== 0);
        return done;
      case '21 23':
        return done;
      default:
        return undefined;
    }
  }

  out(_endpoint: number, data: Uint8Array): OutReply | Promise<OutReply> {
    const every = this.#behaviour.defects?.losesOneByteIn;
    const before = this.receivedBytes;
    this.receivedBytes += data.length;
    this.#repl.feed(every === undefined ? data : data.filter((_, index) => (before + index + 1) % every !== 0));
    const reply: OutReply = { status: 'ok', accepted: data.length };
    const room = this.#output?.room();
    return room ? room.then(() => reply) : reply;
  }

  onReset(): void {
    this.#output?.clear();
  }

  onUnplug(): void {
    clearInterval(this.#telemetry);
    this.#output?.clear();
    this.#output = undefined;
    this.#dtr = false;
  }

  /** What is said while nobody has the port open is lost. */
  #say(text: string): void {
    if (this.#dtr && !this.#behaviour.defects?.silent) this.#output?.push(Buffer.from(text, 'latin1'));
  }

  #setLines(dtr: boolean): void {
    if (dtr && !this.#dtr) this.dtrEdges += 1;
    this.#dtr = dtr;
    if (!dtr) this.#output?.clear();
  }
}
