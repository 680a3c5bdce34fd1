import type { ArduinoUnoBehaviour } from '../arduino-uno/arduino-uno-behaviour.ts';
import type { EmulatedModel } from '../usb-device.ts';

export type SerialChipName = 'ch340' | 'ft232r' | 'cp210x';

/** `behaviour` of a model with the emulator `usb-serial`; its schema is hardware-db/schemas/emulators/usb-serial.schema.json. */
export interface UsbSerialBehaviour extends ArduinoUnoBehaviour {
  readonly chip: SerialChipName;
  /** How DTR and RTS reach the microcontroller: a capacitor at DTR (Arduino), or two transistors (ESP boards: only one of the lines resets). */
  readonly reset: 'dtr' | 'transistors';
  /** Fastest speed that the chip can make, bits per second. */
  readonly fastest: number;
  /** First byte of CH340's version, or CP210x's part number (AN571). */
  readonly version: number;
  /** Deliberate breaks, for negative controls. */
  readonly defects?: NonNullable<ArduinoUnoBehaviour['defects']> & {
    /** Percent by which the chip's crystal is off, and with it every speed. */
    readonly clockError?: number;
  };
  /** Manners of real chips, for personalities. */
  readonly quirks?: {
    /** CH340: the break register does not exist, which the driver finds out by a STALL. */
    readonly noBreak?: boolean;
    /** Control requests, type and code in hex (`c05f`), that are answered with STALL. */
    readonly stalls?: readonly string[];
    /** Control requests whose answer is one byte long. */
    readonly shortens?: readonly string[];
    /** FT232R: every word of the EEPROM is 0, as after a counterfeit was "bricked". */
    readonly blankEeprom?: boolean;
    /** Hex bytes that the board says between reset and the boot loader's first answer. */
    readonly noiseAfterReset?: string;
    /** Milliseconds between a change of the modem lines and the chip's word about it. */
    readonly modemDelay?: number;
    /** The chip does not say by itself that a modem line changed: only who asks learns it. */
    readonly silentModem?: boolean;
  };
}

/** The schema has checked the shape when the file was read. */
export function usbSerialBehaviour(model: EmulatedModel): UsbSerialBehaviour {
  return model.behaviour as unknown as UsbSerialBehaviour;
}
