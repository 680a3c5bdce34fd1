import { HwlabError } from '../../base/hwlab-error.ts';
import type { ArduinoUnoControls } from '../arduino-uno/arduino-uno.ts';
import { initialLineCoding, type LineCoding } from '../cdc-acm/line-coding.ts';
import { historyLimit, SerialBoard } from '../arduino-uno/serial-board.ts';
import { SerialOutput } from '../cdc-acm/serial-output.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { Ch340 } from './ch340.ts';
import { Cp210x } from './cp210x.ts';
import { Ft232r } from './ft232r.ts';
import { noModemInputs, type ModemInputs, type SerialChip, type SerialLine } from './serial-chip.ts';
import { usbSerialBehaviour, type SerialChipName, type UsbSerialBehaviour } from './usb-serial-behaviour.ts';

/** What a suite sees and does at a board behind a USB serial chip: all that it can at an Uno, and the modem lines. */
export interface UsbSerialControls extends ArduinoUnoControls {
  /** What the other side does to the lines that the computer reads; assigned as a whole. */
  modem: ModemInputs;
  /** True while the driver holds the line in break. */
  readonly breaking: boolean;
  /** Breaks that began since the test began. */
  readonly breakCount: number;
}

const chips: Readonly<Record<SerialChipName, (behaviour: UsbSerialBehaviour) => SerialChip>> = {
  ch340: (behaviour) => new Ch340(behaviour),
  ft232r: (behaviour) => new Ft232r(behaviour),
  cp210x: (behaviour) => new Cp210x(behaviour),
};

/**
 * A board behind a USB serial chip (CH340, FT232R, CP210x): the chip's vendor protocol, behind it a microcontroller with a boot loader.
 * @throws HwlabError usage `bad-model` if the descriptors have no bulk IN endpoint.
 */
export function createUsbSerial(model: EmulatedModel): EmulatedUnit<UsbSerialControls> {
  const unit = new UsbSerial(usbSerialBehaviour(model), endpointOf(model, 'bulk') ?? missing(model), endpointOf(model, 'interrupt'));
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: (event, data) => unit.decode(event, data) };
}

class UsbSerial extends SerialBoard implements UsbSerialControls, UsbFunction, SerialLine {
  readonly #behaviour: UsbSerialBehaviour;
  readonly #bulkIn: number;
  readonly #interruptIn: number | undefined;
  readonly #chip: SerialChip;
  #pipes: UsbInPipes | undefined;
  #coding: LineCoding = initialLineCoding;
  #inputs = noModemInputs;
  #notice: NodeJS.Timeout | undefined;
  /** Whether the driver has switched the chip on; undefined for chips that are not told. */
  #open: boolean | undefined;
  breaking = false;
  breakCount = 0;

  constructor(behaviour: UsbSerialBehaviour, bulkIn: number, interruptIn: number | undefined) {
    super(behaviour);
    this.#behaviour = behaviour;
    this.#bulkIn = bulkIn;
    this.#interruptIn = interruptIn;
    this.#chip = chips[behaviour.chip](behaviour);
  }

  get inputs(): ModemInputs {
    return this.#inputs;
  }

  get modem(): ModemInputs {
    return this.#inputs;
  }

  set modem(inputs: ModemInputs) {
    clearTimeout(this.#notice);
    const change = (): void => {
      this.#inputs = { ...inputs };
      if (!this.#behaviour.quirks?.silentModem) this.#tellInputs();
    };
    const delay = this.#behaviour.quirks?.modemDelay ?? 0;
    if (delay === 0) change();
    else this.#notice = setTimeout(change, delay).unref();
  }

  override reset(): void {
    super.reset();
    this.breakCount = 0;
    this.modem = noModemInputs;
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    this.#pipes = pipes;
    this.output = new SerialOutput(async (data, signal) => await pipes.send(this.#bulkIn, this.#chip.frame(data, this.#inputs), signal));
    this.#chip.restart();
    this.dtr = false;
    this.rts = false;
    this.breaking = false;
    this.#open = undefined;
    this.#coding = initialLineCoding;
    this.board.baud = initialLineCoding.baud;
    this.board.powerOn();
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    const code = `${hex2(setup.requestType)}${hex2(setup.request)}`;
    if (this.#behaviour.quirks?.stalls?.includes(code)) return undefined;
    const reply = this.#chip.control(setup, data, this);
    return reply && this.#behaviour.quirks?.shortens?.includes(code) ? { ...reply, data: reply.data.subarray(0, 1) } : reply;
  }

  onPolling(_endpoint: number, polled: boolean): void {
    if (polled) this.#tellInputs();
  }

  onUnplug(): void {
    clearTimeout(this.#notice);
    this.board.powerOff();
    this.output?.clear();
    this.output = undefined;
    this.#pipes = undefined;
    this.dtr = false;
    this.rts = false;
  }

  setCoding(change: Partial<LineCoding>): void {
    const { clockError = 0 } = this.#behaviour.defects ?? {};
    const baud = change.baud === undefined ? {} : { baud: Math.round(change.baud * (1 + clockError / 100)) };
    const coding = { ...this.#coding, ...change, ...baud };
    if (this.lineCodings.length < historyLimit) this.lineCodings.push(coding);
    if (this.#behaviour.defects?.ignoresLineCoding) return;
    this.#coding = coding;
    this.board.baud = coding.baud;
  }

  /**
   * A capacitor at DTR resets at its edge; two transistors reset when RTS is on and DTR is off, and let go when that ends. GPIO0 is looked at in that moment, without
   * the capacitor that holds it on some boards: tools that set one line after the other do not get into the boot loader.
   */
  setLines(change: { readonly dtr?: boolean; readonly rts?: boolean }): void {
    const before = { dtr: this.dtr, rts: this.rts };
    this.dtr = change.dtr ?? this.dtr;
    this.rts = change.rts ?? this.rts;
    if (!this.dtr && !this.rts && this.#behaviour.reset === 'dtr') this.output?.clear();
    const edge = this.dtr && !before.dtr;
    if (edge) this.dtrEdges += 1;
    if (this.#behaviour.defects?.ignoresDtr) return;
    const held = before.rts && !before.dtr;
    if (this.#behaviour.reset === 'dtr' ? edge : held && (this.dtr || !this.rts)) this.#resetBoard();
  }

  setOpen(open: boolean): void {
    this.#open = open;
    if (!open) this.output?.clear();
  }

  /** Two transistors leave DTR and RTS to reset and GPIO0: a tool that has both off still listens. */
  override print(data: Uint8Array): void {
    if (this.#behaviour.reset === 'dtr') super.print(data);
    else if (this.#open ?? true) this.output?.push(data);
  }

  setBreak(on: boolean): void {
    if (on && !this.breaking) this.breakCount += 1;
    this.breaking = on;
  }

  purge(): void {
    this.output?.clear();
  }

  decode(event: WireEvent, data: Uint8Array): string | undefined {
    if (event.kind === 'control' && event.setup) return this.#chip.name(event.setup, data);
    return this.bootCommandIn(event, data);
  }

  #resetBoard(): void {
    this.board.reset(this.dtr && !this.rts);
    const noise = this.#behaviour.quirks?.noiseAfterReset;
    if (noise !== undefined) this.print(Buffer.from(noise, 'hex'));
  }

  #tellInputs(): void {
    const notice = this.#chip.notice(this.#inputs);
    const endpoint = notice?.endpoint === 'bulk' ? this.#bulkIn : this.#interruptIn;
    if (notice && endpoint !== undefined) void this.#pipes?.send(endpoint, notice.data);
  }
}

function hex2(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function endpointOf(model: EmulatedModel, type: 'bulk' | 'interrupt'): number | undefined {
  const endpoints = model.usb.configuration.interfaces.flatMap(({ alternates }) => alternates).flatMap((alternate) => alternate.endpoints);
  const found = endpoints.find((endpoint) => endpoint.type === type && (Number(endpoint.address) & 0x80) !== 0);
  return found && Number(found.address) & 0x0f;
}

function missing(model: EmulatedModel): never {
  throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no interface with a bulk IN endpoint` });
}
