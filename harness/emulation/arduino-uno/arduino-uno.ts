import { HwlabError } from '../../base/hwlab-error.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { arduinoUnoBehaviour, type ArduinoUnoBehaviour, type Sketch } from './arduino-uno-behaviour.ts';
import { decodeLineCoding, encodeLineCoding, initialLineCoding, lineCodingText, type LineCoding } from './line-coding.ts';
import { historyLimit, SerialBoard } from './serial-board.ts';
import { SerialOutput } from './serial-output.ts';

/** What a suite sees and does at an emulated Arduino Uno. */
export interface ArduinoUnoControls {
  /** A copy of the 32 KiB of flash; 0xff is erased. */
  flash(): Uint8Array;
  /** A copy of the 1 KiB of EEPROM. */
  eeprom(): Uint8Array;
  /** Every SET_LINE_CODING since the test began, oldest first. */
  readonly lineCodings: readonly LineCoding[];
  /** Modem lines as the driver has set them now. */
  readonly dtr: boolean;
  readonly rts: boolean;
  /** How often DTR went from off to on (the port was opened) since the test began. */
  readonly dtrEdges: number;
  /** Durations of SEND_BREAK, milliseconds; 65535 is "until told otherwise". */
  readonly breaks: readonly number[];
  /** Bytes that the sketch got, and the first 1 MiB of them. What the boot loader got is not counted. */
  readonly receivedBytes: number;
  received(): Uint8Array;
  /** Commands that the boot loader has understood. */
  readonly bootCommands: number;
  /** Resets of the board by DTR. */
  readonly resets: number;
  /** Whether the boot loader answers, and what the sketch does. */
  bootloader: boolean;
  sketch: Sketch;
  /** The sketch prints something. Lost if the port is not open. */
  print(data: Uint8Array): void;
  /** Between tests: as new, with nothing recorded. */
  reset(): void;
}

const setLineCoding = 0x20;
const getLineCoding = 0x21;
const setControlLineState = 0x22;
const sendBreak = 0x23;

/**
 * An Arduino Uno: a CDC-ACM serial port (USB CDC PSTN 1.2), behind it a microcontroller with optiboot and a small sketch.
 * @throws HwlabError usage `bad-model` if the descriptors have no CDC data interface with a bulk pair.
 */
export function createArduinoUno(model: EmulatedModel): EmulatedUnit<ArduinoUnoControls> {
  const unit = new ArduinoUno(arduinoUnoBehaviour(model), bulkInOf(model));
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: (event, data) => unit.decode(event, data) };
}

class ArduinoUno extends SerialBoard implements ArduinoUnoControls, UsbFunction {
  readonly #behaviour: ArduinoUnoBehaviour;
  readonly #bulkIn: number;
  #lineCoding = initialLineCoding;

  constructor(behaviour: ArduinoUnoBehaviour, bulkIn: number) {
    super(behaviour);
    this.#behaviour = behaviour;
    this.#bulkIn = bulkIn;
  }

  /** A plug: power for the board, which starts the sketch at once (optiboot skips its window at power-on). */
  plugInto(pipes: UsbInPipes): UsbFunction {
    this.output = new SerialOutput(async (data, signal) => await pipes.send(this.#bulkIn, data, signal));
    this.#setLines(0);
    this.#setCoding(initialLineCoding);
    this.board.powerOn();
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    const empty = new Uint8Array(0);
    switch (`${setup.requestType.toString(16)} ${setup.request}`) {
      case `21 ${setLineCoding}`: {
        const coding = decodeLineCoding(data);
        if (!coding) return undefined;
        if (this.lineCodings.length < historyLimit) this.lineCodings.push(coding);
        if (!this.#behaviour.defects?.ignoresLineCoding) this.#setCoding(coding);
        return { status: 'ok', data: empty };
      }
      case `a1 ${getLineCoding}`:
        return { status: 'ok', data: encodeLineCoding(this.#lineCoding) };
      case `21 ${setControlLineState}`:
        this.#setLines(setup.value);
        return { status: 'ok', data: empty };
      case `21 ${sendBreak}`:
        if (this.breaks.length < historyLimit) this.breaks.push(setup.value);
        return { status: 'ok', data: empty };
      default:
        return undefined;
    }
  }

  onUnplug(): void {
    this.board.powerOff();
    this.output?.clear();
    this.output = undefined;
    this.#setLines(0);
  }

  decode(event: WireEvent, data: Uint8Array): string | undefined {
    if (event.kind === 'control' && event.setup) return nameRequest(event.setup, data);
    return this.bootCommandIn(event, data);
  }

  #setCoding(coding: LineCoding): void {
    this.#lineCoding = coding;
    this.board.baud = coding.baud;
  }

  /** The USB chip pulls the reset line when DTR goes on. */
  #setLines(value: number): void {
    const before = this.dtr;
    this.dtr = (value & 1) !== 0;
    this.rts = (value & 2) !== 0;
    if (!this.dtr) this.output?.clear();
    if (!this.dtr || before) return;
    this.dtrEdges += 1;
    if (!this.#behaviour.defects?.ignoresDtr) this.board.reset();
  }
}

function nameRequest(setup: SetupPacket, data: Uint8Array): string | undefined {
  if ((setup.requestType & 0x60) !== 0x20) return undefined;
  const coding = decodeLineCoding(data);
  switch (setup.request) {
    case setLineCoding:
      return `SET_LINE_CODING ${coding ? lineCodingText(coding) : 'malformed'}`;
    case getLineCoding:
      return `GET_LINE_CODING ${coding ? lineCodingText(coding) : ''}`.trim();
    case setControlLineState:
      return `SET_CONTROL_LINE_STATE DTR ${setup.value & 1 ? 'on' : 'off'}, RTS ${setup.value & 2 ? 'on' : 'off'}`;
    case sendBreak:
      return `SEND_BREAK ${setup.value} ms`;
    default:
      return undefined;
  }
}

function bulkInOf(model: EmulatedModel): number {
  const data = model.usb.configuration.interfaces.flatMap(({ alternates }) => alternates).find((alternate) => alternate.class[0] === 0x0a);
  const bulkIn = data?.endpoints.find(({ type, address }) => type === 'bulk' && (Number(address) & 0x80) !== 0);
  if (!bulkIn) throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no CDC data interface (class 0x0a) with a bulk IN endpoint` });
  return Number(bulkIn.address) & 0x0f;
}
