import type { LineCoding } from '../cdc-acm/line-coding.ts';
import type { ControlReply, SetupPacket } from '../usb-device.ts';
import { done, reply, type ModemInputs, type SerialChip, type SerialLine } from './serial-chip.ts';
import type { UsbSerialBehaviour } from './usb-serial-behaviour.ts';

/** Vendor requests and registers of CH340/CH341, as drivers for it use them; the maker publishes no list. */
const request = { readVersion: 0x5f, readRegisters: 0x95, writeRegisters: 0x9a, init: 0xa1, modem: 0xa4 } as const;
const register = { break: 0x05, status: 0x06, prescaler: 0x12, divisor: 0x13, control: 0x18, control2: 0x25 } as const;

const clock = 48_000_000;
const dtrBit = 0x20;
const rtsBit = 0x40;
const noBreakBit = 0x01;

/** Speed of a prescaler and a divisor register: 48 MHz / 2^(12 - 3 ps - fact) / (256 - divisor). */
export function ch340Speed(prescaler: number, divisor: number): number {
  const exponent = 12 - 3 * (prescaler & 3) - ((prescaler >>> 2) & 1);
  return Math.round(clock / 2 ** exponent / (256 - divisor));
}

/** Bits of the line control register: 0-1 data bits - 5, 2 two stop bits, 3 parity, 4 even, 5 mark or space. */
export function ch340Format(control: number): Omit<LineCoding, 'baud'> {
  const even = (control & 0x10) !== 0;
  const parity = (control & 0x08) === 0 ? 'none' : (control & 0x20) === 0 ? (even ? 'even' : 'odd') : even ? 'space' : 'mark';
  return { dataBits: 5 + (control & 3), parity, stopBits: (control & 0x04) === 0 ? 1 : 2 };
}

/** CH340: two registers a request; modem lines inverted; what it receives goes out as it is. */
export class Ch340 implements SerialChip {
  readonly #behaviour: UsbSerialBehaviour;
  readonly #registers = new Uint8Array(256);

  constructor(behaviour: UsbSerialBehaviour) {
    this.#behaviour = behaviour;
    this.restart();
  }

  restart(): void {
    this.#registers.fill(0);
    this.#registers[register.break] = noBreakBit;
    this.#registers[register.control] = 0xc3;
  }

  control(setup: SetupPacket, _data: Uint8Array, line: SerialLine): ControlReply | undefined {
    const { requestType, value, index } = setup;
    if (requestType === 0xc0) return this.#read(setup, line);
    if (requestType !== 0x40) return undefined;
    switch (setup.request) {
      case request.init:
        return done;
      case request.modem:
        line.setLines({ dtr: (~value & dtrBit) !== 0, rts: (~value & rtsBit) !== 0 });
        return done;
      case request.writeRegisters:
        this.#registers[value & 0xff] = index & 0xff;
        this.#registers[value >>> 8] = index >>> 8;
        this.#apply([value & 0xff, value >>> 8], line);
        return done;
      default:
        return undefined;
    }
  }

  frame(data: Uint8Array): Uint8Array {
    return data;
  }

  notice(inputs: ModemInputs): { readonly endpoint: 'interrupt'; readonly data: Uint8Array } {
    return { endpoint: 'interrupt', data: Uint8Array.of(0x08, 0, statusByte(inputs), 0xee, 0, 0, 0, 0) };
  }

  name(setup: SetupPacket): string | undefined {
    if ((setup.requestType & 0x60) !== 0x40) return undefined;
    const pair = `${(setup.value & 0xff).toString(16)},${(setup.value >>> 8).toString(16)}`;
    switch (setup.request) {
      case request.readVersion:
        return 'CH340 read version';
      case request.readRegisters:
        return `CH340 read registers ${pair}`;
      case request.writeRegisters:
        return (setup.value & 0xff) === register.prescaler ? `CH340 speed ${ch340Speed(setup.index & 0xff, setup.index >>> 8)}` : `CH340 write registers ${pair} = ${setup.index.toString(16)}`;
      case request.modem:
        return `CH340 DTR ${~setup.value & dtrBit ? 'on' : 'off'}, RTS ${~setup.value & rtsBit ? 'on' : 'off'}`;
      default:
        return undefined;
    }
  }

  #read(setup: SetupPacket, line: SerialLine): ControlReply | undefined {
    if (setup.request === request.readVersion) return reply(this.#behaviour.version, 0);
    if (setup.request !== request.readRegisters) return undefined;
    const low = setup.value & 0xff;
    if (this.#behaviour.quirks?.noBreak && low === register.break) return undefined;
    const read = (at: number): number => (at === register.status ? statusByte(line.inputs) : at === register.status + 1 ? 0xee : (this.#registers[at] ?? 0));
    return reply(read(low), read(setup.value >>> 8));
  }

  #apply(written: readonly number[], line: SerialLine): void {
    const [prescaler = 0, divisor = 0, control = 0, ofBreak = 0] = [register.prescaler, register.divisor, register.control, register.break].map((at) => this.#registers[at]);
    if (written.includes(register.divisor)) line.setCoding({ baud: ch340Speed(prescaler, divisor) });
    if (written.includes(register.control2)) line.setCoding(ch340Format(control));
    if (written.includes(register.break)) line.setBreak((ofBreak & noBreakBit) === 0);
  }
}

/** CTS, DSR, RI, DCD in bits 0 to 3, a zero is active. */
function statusByte({ cts, dsr, ri, dcd }: ModemInputs): number {
  return 0xff & ~((cts ? 1 : 0) | (dsr ? 2 : 0) | (ri ? 4 : 0) | (dcd ? 8 : 0));
}
