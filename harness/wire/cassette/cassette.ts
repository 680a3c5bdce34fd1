import type { UsbSetup } from '../usbmon/usb-event.ts';

export const cassetteSchema = 'hwlab/cassette/1';

/** Who wrote a cassette down: our own emulation (nothing real was there), a proxy between a real device and a guest, a capture of a real host, or what a real HID device sent. */
export type CassetteOrigin = 'emulation' | 'proxy' | 'usbmon' | 'hid-recorder';

/** First line of a cassette file. */
export interface CassetteHead {
  readonly schema: typeof cassetteSchema;
  readonly origin: CassetteOrigin;
  /** ISO 8601. */
  readonly recordedAt: string;
  /** The model file as the unit had it, quirks applied; of a real device what could be made of its descriptors. */
  readonly model: Readonly<Record<string, unknown>> & { readonly id: string; readonly emulator: string };
  /** Where it was recorded: image, kernel, suite, harness, capturing program; all that is known. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was made unreadable at record time, in words: `serial number`, `host name`. */
  readonly scrubbed: readonly string[];
}

/**
 * One thing that crossed the cable, or that the suite did to the device.
 * `plug`: the cable went in; `mark`: a test begins, `name` is its id; `call`: the suite changed something at the device, `name` is the control.
 */
export interface CassetteEvent {
  /** Milliseconds since the beginning, three decimals. */
  readonly t: number;
  /** `host`: the driver; `device`; `suite`: whoever stands beside the device. */
  readonly from: 'host' | 'device' | 'suite';
  readonly kind: 'plug' | 'unplug' | 'reset' | 'configuration' | 'alternate' | 'control' | 'bulk' | 'interrupt' | 'cancel' | 'fault' | 'mark' | 'call';
  /** With the direction bit; 0 and 0x80 are the directions of control requests. */
  readonly endpoint?: number;
  readonly setup?: UsbSetup;
  /** `ok`, or how a transfer ended otherwise. */
  readonly status?: string;
  /** All bytes that were moved. */
  readonly data?: Uint8Array;
  /** Stretches of `data`, [from, to) in order, that were made unreadable at record time: zeros stand there, and a replay takes anything of that length. */
  readonly hidden?: readonly (readonly [number, number])[];
  readonly name?: string;
  /** Of a `call`: what stands for the values that it brought, so that the same call made again is known. */
  readonly with?: string;
  /** What it means, in words. */
  readonly meaning?: string;
}

export interface Cassette {
  readonly head: CassetteHead;
  readonly events: readonly CassetteEvent[];
}
