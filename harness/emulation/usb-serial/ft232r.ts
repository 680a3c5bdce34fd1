import type { LineCoding } from '../cdc-acm/line-coding.ts';
import type { ControlReply, SetupPacket } from '../usb-device.ts';
import { done, reply, type ModemInputs, type SerialChip, type SerialLine } from './serial-chip.ts';
import type { UsbSerialBehaviour } from './usb-serial-behaviour.ts';

/** Vendor requests of the FT232 family, as libftdi and the drivers name them. */
const request = { reset: 0, modem: 1, flow: 2, speed: 3, format: 4, status: 5, eventCharacter: 6, errorCharacter: 7, setLatency: 9, getLatency: 10, readEeprom: 0x90 } as const;

const packetSize = 64;
/** Two bytes of status stand at the head of every packet that the chip sends (FTDI application note AN232B-04). */
export const statusBytes = 2;
const transmitterEmpty = 0x60;

/** Eighths that the three bits above a 14-bit divisor add to it. */
const eighths = [0, 4, 2, 1, 3, 5, 6, 7] as const;
const parities = ['none', 'odd', 'even', 'mark', 'space'] as const;
const stops = [1, 1.5, 2] as const;

/** Speed of a divisor with its sub-integer bits: 3 MHz / (n + eighths / 8), with 0 and 1 as special cases (FTDI application note AN232B-05). */
export function ft232Speed(value: number, index: number): number {
  const divisor = value & 0x3fff;
  const fraction = eighths[(value >>> 14) | ((index & 1) << 2)] ?? 0;
  if (fraction === 0 && divisor < 2) return divisor === 0 ? 3_000_000 : 2_000_000;
  return Math.round(3_000_000 / (divisor + fraction / 8));
}

/** Bits of the format request: 0-7 data bits, 8-10 parity, 11-13 stop bits, 14 break. */
export function ft232Format(value: number): Omit<LineCoding, 'baud'> {
  return { dataBits: value & 0xff, parity: parities[(value >>> 8) & 7] ?? 'none', stopBits: stops[(value >>> 11) & 7] ?? 1 };
}

/** FT232R: modem status in every packet, sub-integer divisors, a small EEPROM. */
export class Ft232r implements SerialChip {
  readonly #behaviour: UsbSerialBehaviour;
  #latency = 16;

  constructor(behaviour: UsbSerialBehaviour) {
    this.#behaviour = behaviour;
  }

  restart(): void {
    this.#latency = 16;
  }

  control(setup: SetupPacket, _data: Uint8Array, line: SerialLine): ControlReply | undefined {
    const { requestType, value, index } = setup;
    if (requestType === 0xc0) return this.#read(setup, line);
    if (requestType !== 0x40) return undefined;
    switch (setup.request) {
      case request.reset:
        if (value === 1) line.purge();
        return done;
      case request.modem:
        line.setLines({ ...((value & 0x0100) === 0 ? {} : { dtr: (value & 1) !== 0 }), ...((value & 0x0200) === 0 ? {} : { rts: (value & 2) !== 0 }) });
        return done;
      case request.speed:
        line.setCoding({ baud: ft232Speed(value, index) });
        return done;
      case request.format:
        line.setCoding(ft232Format(value));
        line.setBreak((value & 0x4000) !== 0);
        return done;
      case request.setLatency:
        this.#latency = value & 0xff;
        return done;
      case request.flow:
      case request.eventCharacter:
      case request.errorCharacter:
        return done;
      default:
        return undefined;
    }
  }

  frame(data: Uint8Array, inputs: ModemInputs): Uint8Array {
    const room = packetSize - statusBytes;
    const status = Uint8Array.of(statusByte(inputs), transmitterEmpty);
    const packets: Uint8Array[] = [];
    for (let at = 0; at < data.length || at === 0; at += room) packets.push(status, data.subarray(at, at + room));
    return Buffer.concat(packets);
  }

  notice(inputs: ModemInputs): { readonly endpoint: 'bulk'; readonly data: Uint8Array } {
    return { endpoint: 'bulk', data: this.frame(new Uint8Array(0), inputs) };
  }

  name(setup: SetupPacket): string | undefined {
    if ((setup.requestType & 0x60) !== 0x40) return undefined;
    const word = Object.entries(request).find(([, code]) => code === setup.request)?.[0];
    if (word === undefined) return undefined;
    if (setup.request === request.speed) return `FT232 speed ${ft232Speed(setup.value, setup.index)}`;
    return `FT232 ${word} ${setup.value.toString(16)}`;
  }

  #read(setup: SetupPacket, line: SerialLine): ControlReply | undefined {
    switch (setup.request) {
      case request.status:
        return reply(statusByte(line.inputs), transmitterEmpty);
      case request.getLatency:
        return reply(this.#latency);
      case request.readEeprom:
        // Word 10 holds the functions of the CBUS pins; 0x0001 each of the LEDs and the clock as delivered.
        return this.#behaviour.quirks?.blankEeprom ? reply(0, 0) : reply((setup.index & 0xff) === 10 ? 0x23 : 0, (setup.index & 0xff) === 10 ? 0x10 : 0);
      default:
        return undefined;
    }
  }
}

function statusByte({ cts, dsr, ri, dcd }: ModemInputs): number {
  return 1 | (cts ? 0x10 : 0) | (dsr ? 0x20 : 0) | (ri ? 0x40 : 0) | (dcd ? 0x80 : 0);
}
