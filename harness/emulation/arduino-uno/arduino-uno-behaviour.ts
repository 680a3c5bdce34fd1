import type { EspFacts } from '../esp-boot/esp-chip.ts';
import type { EmulatedModel } from '../usb-device.ts';

/** What the program on the board does when the boot loader has ended. */
export type Sketch = 'echo' | 'sink' | 'silent';

/** `behaviour` of a model with the emulator `arduino-uno`; its schema is hardware-db/schemas/emulators/arduino-uno.schema.json. */
export interface ArduinoUnoBehaviour {
  readonly bootloader: {
    /** False is a board without a boot loader: nothing answers avrdude. */
    readonly answers: boolean;
    /** Bits per second of the boot loader; at another speed it understands nothing. */
    readonly baud: number;
    /** Milliseconds without a command after which it starts the sketch. */
    readonly window: number;
    /** Three bytes, hex: 1e950f is an ATmega328P. */
    readonly signature: string;
    /** Version of optiboot, major and minor. */
    readonly version: readonly [number, number];
  };
  /** The microcontroller is an ESP chip with its own boot loader in ROM; of `bootloader` only `answers` counts then. */
  readonly esp?: EspFacts;
  /** The sketch after power-on. */
  readonly sketch: Sketch;
  /** What the sketch prints when it starts; empty for nothing. */
  readonly greeting: string;
  /** Deliberate breaks, for negative controls. */
  readonly defects?: {
    /** The reset capacitor is missing: DTR does not reset the board. */
    readonly ignoresDtr?: boolean;
    /** Every so many bytes that the sketch gets one is lost. */
    readonly losesOneByteIn?: number;
    /** Flash cells that do not take what is written: bit 0 of every byte from this address stays 1. */
    readonly wornFrom?: number;
    /** SET_LINE_CODING is answered and not heeded: the speed stays what it was. */
    readonly ignoresLineCoding?: boolean;
  };
}

/** The schema has checked the shape when the file was read. */
export function arduinoUnoBehaviour(model: EmulatedModel): ArduinoUnoBehaviour {
  return model.behaviour as unknown as ArduinoUnoBehaviour;
}
