import type { ArduinoUnoBehaviour, Sketch } from './arduino-uno-behaviour.ts';
import { Optiboot, type Memories } from './optiboot.ts';

/** ATmega328P: 32 KiB of flash, 1 KiB of EEPROM; optiboot has the last 512 bytes of the flash. */
export const flashSize = 32 * 1024;
export const eepromSize = 1024;
export const bootSection = flashSize - 512;

const erased = 0xff;
/** Most bytes kept of what the sketch got. */
const keptBytes = 1024 * 1024;

/** The microcontroller behind the USB chip: boot loader, memories, sketch. Bytes of the serial line go in, `transmit` takes those that go out. */
export class Board {
  readonly flash = new Uint8Array(flashSize).fill(erased);
  readonly eeprom = new Uint8Array(eepromSize).fill(erased);
  readonly #behaviour: ArduinoUnoBehaviour;
  readonly #transmit: (data: Uint8Array) => void;
  #received: Uint8Array[] = [];
  #receivedBytes = 0;
  #bootCommands = 0;
  #boot: Optiboot | undefined;
  #window: NodeJS.Timeout | undefined;
  #powered = false;
  sketch: Sketch;
  /** Whether the boot loader answers; a suite switches it off to see what the guest's tool says then. */
  bootloader: boolean;
  baud = 0;
  resets = 0;

  constructor(behaviour: ArduinoUnoBehaviour, transmit: (data: Uint8Array) => void) {
    this.#behaviour = behaviour;
    this.#transmit = transmit;
    this.sketch = behaviour.sketch;
    this.bootloader = behaviour.bootloader.answers;
  }

  /** True while the boot loader waits for commands. */
  get booting(): boolean {
    return this.#boot !== undefined;
  }

  get bootCommands(): number {
    return this.#bootCommands + (this.#boot?.commands ?? 0);
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** What the sketch got, the first 1 MiB. */
  received(): Buffer {
    return Buffer.concat(this.#received);
  }

  powerOn(): void {
    this.#powered = true;
  }

  powerOff(): void {
    this.#powered = false;
    this.#endBoot();
  }

  /** The reset line was pulled: the boot loader runs, and after its window the sketch. */
  reset(): void {
    this.#endBoot();
    this.resets += 1;
    const { signature, version } = this.#behaviour.bootloader;
    const wornFrom = this.#behaviour.defects?.wornFrom;
    const memories: Memories = { flash: this.flash, eeprom: this.eeprom, bootSection, ...(wornFrom === undefined ? {} : { worn: { from: wornFrom, bits: 1 } }) };
    this.#boot = new Optiboot(memories, { signature: Buffer.from(signature, 'hex'), version });
    this.#openWindow();
  }

  /** Bytes of the serial line at the speed that the driver has set. */
  receive(data: Uint8Array): void {
    if (this.#boot) this.#bootReceive(this.#boot, data);
    else this.#sketchReceive(data);
  }

  /** Forgets what was received and written, as new. */
  restore(): void {
    this.flash.fill(erased);
    this.eeprom.fill(erased);
    this.forget();
    this.sketch = this.#behaviour.sketch;
    this.bootloader = this.#behaviour.bootloader.answers;
  }

  /** Empties the record of received bytes. */
  forget(): void {
    this.#received = [];
    this.#receivedBytes = 0;
    this.#bootCommands = 0;
    this.resets = 0;
  }

  #bootReceive(boot: Optiboot, data: Uint8Array): void {
    if (!this.bootloader || Math.abs(this.baud / this.#behaviour.bootloader.baud - 1) > 0.025) return;
    const before = boot.commands;
    const answer = boot.feed(data);
    if (boot.commands > before) this.#openWindow();
    if (answer.length > 0) this.#transmit(answer);
    if (boot.left) this.#startSketch();
  }

  #sketchReceive(data: Uint8Array): void {
    if (this.#receivedBytes < keptBytes) this.#received.push(data);
    const before = this.#receivedBytes;
    this.#receivedBytes += data.length;
    if (this.sketch !== 'echo') return;
    const every = this.#behaviour.defects?.losesOneByteIn;
    this.#transmit(every === undefined ? data : data.filter((_, index) => (before + index + 1) % every !== 0));
  }

  #openWindow(): void {
    clearTimeout(this.#window);
    this.#window = setTimeout(() => this.#startSketch(), this.#behaviour.bootloader.window);
    this.#window.unref();
  }

  #startSketch(): void {
    this.#endBoot();
    if (this.#powered && this.#behaviour.greeting !== '') this.#transmit(Buffer.from(this.#behaviour.greeting, 'latin1'));
  }

  #endBoot(): void {
    clearTimeout(this.#window);
    this.#bootCommands += this.#boot?.commands ?? 0;
    this.#boot = undefined;
  }
}
