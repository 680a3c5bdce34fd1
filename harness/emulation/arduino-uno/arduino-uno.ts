import { answerCdcAcm, cdcBulkIn, nameCdcAcmRequest } from '../cdc-acm/cdc-acm-requests.ts';
import { initialLineCoding, type LineCoding } from '../cdc-acm/line-coding.ts';
import { SerialOutput } from '../cdc-acm/serial-output.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { arduinoUnoBehaviour, type ArduinoUnoBehaviour, type Sketch } from './arduino-uno-behaviour.ts';
import { historyLimit, SerialBoard } from './serial-board.ts';

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

/**
 * An Arduino Uno: a CDC-ACM serial port (USB CDC PSTN 1.2), behind it a microcontroller with optiboot and a small sketch.
 * @throws HwlabError usage `bad-model` if the descriptors have no CDC data interface with a bulk pair.
 */
export function createArduinoUno(model: EmulatedModel): EmulatedUnit<ArduinoUnoControls> {
  const unit = new ArduinoUno(arduinoUnoBehaviour(model), cdcBulkIn(model));
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
    this.#setLines(false, false);
    this.#setCoding(initialLineCoding);
    this.board.powerOn();
    return this;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    return answerCdcAcm(
      {
        coding: this.#lineCoding,
        setCoding: (coding) => {
          if (this.lineCodings.length < historyLimit) this.lineCodings.push(coding);
          if (!this.#behaviour.defects?.ignoresLineCoding) this.#setCoding(coding);
        },
        setLines: (dtr, rts) => this.#setLines(dtr, rts),
        sendBreak: (milliseconds) => {
          if (this.breaks.length < historyLimit) this.breaks.push(milliseconds);
        },
      },
      setup,
      data,
    );
  }

  onUnplug(): void {
    this.board.powerOff();
    this.output?.clear();
    this.output = undefined;
    this.#setLines(false, false);
  }

  decode(event: WireEvent, data: Uint8Array): string | undefined {
    if (event.kind === 'control' && event.setup) return nameCdcAcmRequest(event.setup, data);
    return this.bootCommandIn(event, data);
  }

  #setCoding(coding: LineCoding): void {
    this.#lineCoding = coding;
    this.board.baud = coding.baud;
  }

  /** The USB chip pulls the reset line when DTR goes on. */
  #setLines(dtr: boolean, rts: boolean): void {
    const before = this.dtr;
    this.dtr = dtr;
    this.rts = rts;
    if (!this.dtr) this.output?.clear();
    if (!this.dtr || before) return;
    this.dtrEdges += 1;
    if (!this.#behaviour.defects?.ignoresDtr) this.board.reset();
  }
}
