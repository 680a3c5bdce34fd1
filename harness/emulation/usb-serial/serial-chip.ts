import type { LineCoding } from '../cdc-acm/line-coding.ts';
import type { ControlReply, SetupPacket } from '../usb-device.ts';

/** Lines that come from the other side, true is active. */
export interface ModemInputs {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly ri: boolean;
  readonly dcd: boolean;
}

export const noModemInputs: ModemInputs = { cts: false, dsr: false, ri: false, dcd: false };

/** The serial side of a chip: what the driver's requests do to it. */
export interface SerialLine {
  readonly inputs: ModemInputs;
  setCoding(change: Partial<LineCoding>): void;
  setLines(change: { readonly dtr?: boolean; readonly rts?: boolean }): void;
  setBreak(on: boolean): void;
  /** For chips that the driver switches on and off. */
  setOpen(open: boolean): void;
  /** The driver wants what waits to be thrown away. */
  purge(): void;
}

/** One USB serial chip: its vendor requests, and how it wraps what it sends. */
export interface SerialChip {
  /** undefined is STALL. */
  control(setup: SetupPacket, data: Uint8Array, line: SerialLine): ControlReply | undefined;
  /** What goes over the bulk IN endpoint for `data` of the serial line. */
  frame(data: Uint8Array, inputs: ModemInputs): Uint8Array;
  /** What the chip says by itself when modem lines changed. */
  notice(inputs: ModemInputs): { readonly endpoint: 'interrupt' | 'bulk'; readonly data: Uint8Array } | undefined;
  /** A request in words, for the wire trace. */
  name(setup: SetupPacket, data: Uint8Array): string | undefined;
  /** Power-on state. */
  restart(): void;
}

export const done: ControlReply = { status: 'ok', data: new Uint8Array(0) };

export function reply(...bytes: number[]): ControlReply {
  return { status: 'ok', data: Uint8Array.from(bytes) };
}
