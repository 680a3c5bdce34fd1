import type { LineCoding } from '../cdc-acm/line-coding.ts';
import type { ControlReply, SetupPacket } from '../usb-device.ts';
import { done, reply, type SerialChip, type SerialLine } from './serial-chip.ts';
import type { UsbSerialBehaviour } from './usb-serial-behaviour.ts';

/** Requests to the interface (Silicon Laboratories AN571, 5). */
const request = {
  enable: 0x00,
  setDivisor: 0x01,
  setFormat: 0x03,
  getFormat: 0x04,
  setBreak: 0x05,
  setModem: 0x07,
  getModem: 0x08,
  getStatus: 0x10,
  reset: 0x11,
  purge: 0x12,
  setFlow: 0x13,
  getFlow: 0x14,
  embedEvents: 0x15,
  setCharacters: 0x19,
  getSpeed: 0x1d,
  setSpeed: 0x1e,
} as const;
const vendorSpecific = 0xff;
const getPartNumber = 0x370b;
const getFirmwareVersion = 0x0010;
const readConfiguration = 0x000e;

const parities = ['none', 'odd', 'even', 'mark', 'space'] as const;
const stops = [1, 1.5, 2] as const;
const initialFormat = 0x0800;

/** Bits of SET_LINE_CTL: 0-3 stop bits, 4-7 parity, 8-15 data bits. */
export function cp210xFormat(value: number): Omit<LineCoding, 'baud'> {
  return { dataBits: value >>> 8, parity: parities[(value >>> 4) & 15] ?? 'none', stopBits: stops[value & 15] ?? 1 };
}

/** CP2102 and CP2102N: speeds as numbers, modem lines with a mask, flow control in a block of 16 bytes. */
export class Cp210x implements SerialChip {
  readonly #partNumber: number;
  #format = initialFormat;
  #speed = 9600;
  #flow: Uint8Array = new Uint8Array(16);
  #dtr = false;
  #rts = false;

  constructor(behaviour: UsbSerialBehaviour) {
    this.#partNumber = behaviour.version;
  }

  restart(): void {
    this.#format = initialFormat;
    this.#speed = 9600;
    this.#flow = new Uint8Array(16);
    this.#dtr = false;
    this.#rts = false;
  }

  control(setup: SetupPacket, data: Uint8Array, line: SerialLine): ControlReply | undefined {
    switch (setup.requestType) {
      case 0xc0:
        return setup.request === vendorSpecific ? this.#vendor(setup.value) : undefined;
      case 0xc1:
        return this.#read(setup, line);
      case 0x41:
        return this.#write(setup, data, line);
      default:
        return undefined;
    }
  }

  frame(data: Uint8Array): Uint8Array {
    return data;
  }

  notice(): undefined {
    return undefined;
  }

  name(setup: SetupPacket, data: Uint8Array): string | undefined {
    if (setup.requestType !== 0x41 && setup.requestType !== 0xc1) return undefined;
    const word = Object.entries(request).find(([, code]) => code === setup.request)?.[0];
    if (word === undefined) return undefined;
    return setup.request === request.setSpeed && data.length === 4 ? `CP210x speed ${Buffer.from(data).readUInt32LE(0)}` : `CP210x ${word} ${setup.value.toString(16)}`;
  }

  #vendor(value: number): ControlReply | undefined {
    switch (value) {
      case getPartNumber:
        return reply(this.#partNumber);
      case getFirmwareVersion:
        return reply(1, 0, 8);
      case readConfiguration: {
        // Configuration of a CP2102N as delivered, version 1; only its length and version are looked at where no pin is a GPIO.
        const block = new Uint8Array(678);
        block.set([0xa6, 0x02, 0x01]);
        return { status: 'ok', data: block };
      }
      default:
        return undefined;
    }
  }

  #read(setup: SetupPacket, line: SerialLine): ControlReply | undefined {
    switch (setup.request) {
      case request.getModem: {
        const { cts, dsr, ri, dcd } = line.inputs;
        return reply((this.#dtr ? 1 : 0) | (this.#rts ? 2 : 0) | (cts ? 0x10 : 0) | (dsr ? 0x20 : 0) | (ri ? 0x40 : 0) | (dcd ? 0x80 : 0));
      }
      case request.getFormat:
        return reply(this.#format & 0xff, this.#format >>> 8);
      case request.getSpeed: {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(this.#speed);
        return { status: 'ok', data: bytes };
      }
      case request.getFlow:
        return { status: 'ok', data: this.#flow };
      case request.getStatus:
        return { status: 'ok', data: new Uint8Array(19) };
      default:
        return undefined;
    }
  }

  #write({ request: code, value }: SetupPacket, data: Uint8Array, line: SerialLine): ControlReply | undefined {
    switch (code) {
      case request.enable:
        line.setOpen(value !== 0);
        return done;
      case request.setSpeed:
        if (data.length !== 4) return undefined;
        this.#speed = Buffer.from(data).readUInt32LE(0);
        line.setCoding({ baud: this.#speed });
        return done;
      case request.setDivisor:
        if (value === 0) return undefined;
        this.#speed = Math.round(3_686_400 / value);
        line.setCoding({ baud: this.#speed });
        return done;
      case request.setFormat:
        this.#format = value;
        line.setCoding(cp210xFormat(value));
        return done;
      case request.setBreak:
        line.setBreak((value & 1) !== 0);
        return done;
      case request.setModem:
        if ((value & 0x0100) !== 0) this.#dtr = (value & 1) !== 0;
        if ((value & 0x0200) !== 0) this.#rts = (value & 2) !== 0;
        line.setLines({ dtr: this.#dtr, rts: this.#rts });
        return done;
      case request.setFlow:
        if (data.length !== 16) return undefined;
        this.#flow = data.slice();
        return done;
      case request.purge:
        if ((value & 0x0a) !== 0) line.purge();
        return done;
      case request.reset:
      case request.embedEvents:
      case request.setCharacters:
        return done;
      default:
        return undefined;
    }
  }
}
