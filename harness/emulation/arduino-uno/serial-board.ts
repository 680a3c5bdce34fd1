import { espCommandName } from '../esp-boot/esp-command.ts';
import type { OutReply, WireEvent } from '../usb-device.ts';
import type { Sketch } from './arduino-uno-behaviour.ts';
import { Board } from './board.ts';
import type { LineCoding } from '../cdc-acm/line-coding.ts';
import { commandName } from './optiboot.ts';
import type { SerialOutput } from '../cdc-acm/serial-output.ts';

/** Most line codings and breaks that are kept for a test. */
export const historyLimit = 10_000;

/** A board with a boot loader behind any USB serial port: what a suite sees of it, and its side of the data pipes. The port itself is the subclass's. */
export abstract class SerialBoard {
  protected readonly board: Board;
  /** What the board says, on its way to the driver; undefined while unplugged. */
  protected output: SerialOutput | undefined;
  #toBoot = false;
  lineCodings: LineCoding[] = [];
  breaks: number[] = [];
  dtr = false;
  rts = false;
  dtrEdges = 0;

  constructor(behaviour: ConstructorParameters<typeof Board>[0]) {
    this.board = new Board(behaviour, (data) => this.print(data));
  }

  flash(): Uint8Array {
    return this.board.flash.slice();
  }

  eeprom(): Uint8Array {
    return this.board.eeprom.slice();
  }

  get receivedBytes(): number {
    return this.board.receivedBytes;
  }

  received(): Uint8Array {
    return this.board.received();
  }

  get bootCommands(): number {
    return this.board.bootCommands;
  }

  get resets(): number {
    return this.board.resets;
  }

  get bootloader(): boolean {
    return this.board.bootloader;
  }

  set bootloader(answers: boolean) {
    this.board.bootloader = answers;
  }

  get sketch(): Sketch {
    return this.board.sketch;
  }

  set sketch(sketch: Sketch) {
    this.board.sketch = sketch;
  }

  print(data: Uint8Array): void {
    if (this.dtr) this.output?.push(data);
  }

  reset(): void {
    this.board.restore();
    this.lineCodings = [];
    this.breaks = [];
    this.dtrEdges = 0;
  }

  out(_endpoint: number, data: Uint8Array): OutReply | Promise<OutReply> {
    this.#toBoot = this.board.booting;
    this.board.receive(data);
    const reply: OutReply = { status: 'ok', accepted: data.length };
    const room = this.output?.room();
    return room ? room.then(() => reply) : reply;
  }

  onReset(): void {
    this.output?.clear();
  }

  /** The name of the boot loader's command that begins in `data`, if that is who was spoken to. */
  protected bootCommandIn(event: WireEvent, data: Uint8Array): string | undefined {
    if (event.kind !== 'bulk' || event.from !== 'host' || !this.#toBoot) return undefined;
    const esp = espCommandName(data);
    if (esp !== undefined) return `ESP ${esp}`;
    const name = commandName(data[0] ?? 0);
    return name === undefined ? undefined : `STK500 ${name}`;
  }
}
