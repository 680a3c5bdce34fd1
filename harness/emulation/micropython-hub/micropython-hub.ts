import { CdcAcmPort } from '../cdc-acm/cdc-acm-port.ts';
import { cdcBulkIn, nameCdcAcmRequest } from '../cdc-acm/cdc-acm-requests.ts';
import type { LineCoding } from '../cdc-acm/line-coding.ts';
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

/**
 * A programmable hub with MicroPython behind a CDC-ACM port.
 * @throws HwlabError usage `bad-model` if the descriptors have no CDC data interface with a bulk IN endpoint.
 */
export function createMicropythonHub(model: EmulatedModel): EmulatedUnit<MicropythonHubControls> {
  const unit = new MicropythonHub(model);
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: (event, data) => event.setup && nameCdcAcmRequest(event.setup, data) };
}

class MicropythonHub implements MicropythonHubControls, UsbFunction {
  readonly #behaviour: MicropythonHubBehaviour;
  readonly #port: CdcAcmPort;
  readonly #repl: Repl;
  #telemetry: NodeJS.Timeout | undefined;
  receivedBytes = 0;

  constructor(model: EmulatedModel) {
    this.#behaviour = model.behaviour as unknown as MicropythonHubBehaviour;
    this.#port = new CdcAcmPort(cdcBulkIn(model));
    this.#repl = new Repl(this.#behaviour, (text) => this.#say(text));
  }

  get dtrEdges(): number {
    return this.#port.dtrEdges;
  }

  get lineCodings(): readonly LineCoding[] {
    return this.#port.lineCodings;
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
    this.#port.forget();
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#port.plugInto(pipes);
    this.#repl.restart();
    const { text, every } = this.#behaviour.telemetry;
    clearInterval(this.#telemetry);
    this.#telemetry = setInterval(() => {
      if (this.#repl.mode === 'program') this.#say(text);
    }, every).unref();
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    return this.#port.control(setup, data);
  }

  out(_endpoint: number, data: Uint8Array): OutReply | Promise<OutReply> {
    const every = this.#behaviour.defects?.losesOneByteIn;
    const before = this.receivedBytes;
    this.receivedBytes += data.length;
    this.#repl.feed(every === undefined ? data : data.filter((_, index) => (before + index + 1) % every !== 0));
    return this.#port.taken(data);
  }

  onReset(): void {
    this.#port.clear();
  }

  onUnplug(): void {
    clearInterval(this.#telemetry);
    this.#port.unplug();
  }

  /** What is said while nobody has the port open is lost. */
  #say(text: string): void {
    if (this.#port.dtr && !this.#behaviour.defects?.silent) this.#port.send(Buffer.from(text, 'latin1'));
  }
}
