import { espChips } from '../esp-boot/esp-chip.ts';
import { EspFlash } from '../esp-boot/esp-flash.ts';
import { espFlashSize } from '../esp-boot/esp-registers.ts';
import { EspRom } from '../esp-boot/esp-rom.ts';
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
  readonly flash: Uint8Array;
  readonly eeprom = new Uint8Array(eepromSize).fill(erased);
  readonly #behaviour: ArduinoUnoBehaviour;
  readonly #transmit: (data: Uint8Array) => void;
  #received: Uint8Array[] = [];
  #receivedBytes = 0;
  #bootCommands = 0;
  #boot: Optiboot | EspRom | undefined;
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
    this.flash = new Uint8Array(behaviour.esp ? espFlashSize : flashSize).fill(erased);
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

  /** The reset line was pulled: the boot loader runs, and after its window the sketch. An ESP chip asks its pin for `download` which of the two it is to be. */
  reset(download = false): void {
    this.#endBoot();
    this.resets += 1;
    const { bootloader, defects, esp } = this.#behaviour;
    if (esp) {
      this.#boot = download ? new EspRom(esp, new EspFlash(this.flash, defects?.wornFrom)) : undefined;
      const { says } = espChips[esp.chip];
      this.#transmit(Buffer.from(download ? says.download : says.program, 'latin1'));
      if (!download) this.#startSketch();
      return;
    }
    const worn = defects?.wornFrom === undefined ? {} : { worn: { from: defects.wornFrom, bits: 1 } };
    const memories: Memories = { flash: this.flash, eeprom: this.eeprom, bootSection, ...worn };
    this.#boot = new Optiboot(memories, { signature: Buffer.from(bootloader.signature, 'hex'), version: bootloader.version });
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

  #bootReceive(boot: Optiboot | EspRom, data: Uint8Array): void {
    if (!this.bootloader) return;
    const before = boot.commands;
    const answer = boot instanceof EspRom ? boot.feed(data, this.baud) : this.#atItsSpeed() ? boot.feed(data) : new Uint8Array(0);
    if (boot instanceof Optiboot && boot.commands > before) this.#openWindow();
    if (answer.length > 0) this.#transmit(answer);
    if (boot.left) this.#startSketch();
  }

  #atItsSpeed(): boolean {
    return Math.abs(this.baud / this.#behaviour.bootloader.baud - 1) <= 0.025;
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
