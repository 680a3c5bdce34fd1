import type { CapturePlace } from './capture-error.ts';

/**
 * A USB device as a capture shows it, whatever the capture's form. Nothing is corrected here: packet sizes, numbers and classes are as the
 * device has them. What an emulator can serve of it is decided later.
 */
export interface CapturedDevice {
  /** Where the capture begins to speak of it. */
  readonly place: CapturePlace;
  /** `001:004`, bus and address, where the capture says it. */
  readonly address: string | undefined;
  /** Where the capture says it or leaves no doubt. */
  readonly speed: CapturedSpeed | undefined;
  readonly usbVersion: number;
  readonly class: ClassTriple;
  readonly maxPacketSize0: number;
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceVersion: number;
  readonly strings: CapturedStrings;
  /** How many configurations the device says it has; `configurations` may hold fewer. */
  readonly configurationCount: number;
  readonly configurations: readonly CapturedConfiguration[];
  /** The answer to GET_DEVICE_ID by interface number. */
  readonly deviceIds: ReadonlyMap<number, string>;
  /** Feature reports that the capture saw being read, by `interface:report id`, the id byte included. */
  readonly features: ReadonlyMap<string, Uint8Array>;
  /** What the capture does not show, for people. */
  readonly notes: readonly string[];
}

export type CapturedSpeed = 'low' | 'full' | 'high' | 'super';
export type ClassTriple = readonly [number, number, number];

export interface CapturedStrings {
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
}

export interface CapturedConfiguration {
  readonly place: CapturePlace;
  readonly value: number;
  readonly attributes: number;
  /** Milliamperes. */
  readonly maxPower: number;
  readonly associations: readonly { readonly first: number; readonly count: number; readonly class: ClassTriple; readonly name?: string }[];
  readonly interfaces: readonly CapturedInterface[];
}

export interface CapturedInterface {
  readonly number: number;
  /** In the order of their numbers; some devices begin with another than 0, or leave numbers out. */
  readonly alternates: readonly CapturedAlternate[];
}

export interface CapturedAlternate {
  readonly place: CapturePlace;
  readonly setting: number;
  readonly class: ClassTriple;
  readonly name?: string;
  /** Descriptors between the interface's and its endpoints', whole. */
  readonly extra: readonly Uint8Array[];
  readonly endpoints: readonly CapturedEndpoint[];
  /** Of a HID interface, where the capture has it. */
  readonly reportDescriptor?: Uint8Array;
  /** What of it the capture has in words only, so that its bytes are lost. */
  readonly lost: readonly string[];
}

export interface CapturedEndpoint {
  readonly place: CapturePlace;
  /** bEndpointAddress. */
  readonly address: number;
  /** bmAttributes & 3. */
  readonly type: 'control' | 'isochronous' | 'bulk' | 'interrupt';
  /** Bytes of one packet, wMaxPacketSize & 0x7ff. */
  readonly maxPacketSize: number;
  /** Further packets in a microframe (high speed), 0..3. */
  readonly extraPackets: number;
  readonly interval: number;
  /** bmAttributes >> 2 & 3 of an isochronous endpoint: none, asynchronous, adaptive, synchronous. */
  readonly synchronization?: number;
  /** Class-specific descriptors behind it, whole, where the capture has them. */
  readonly extra?: readonly Uint8Array[];
}

/** Most of anything in one device: no real one comes near; they keep the work on a forged capture small. */
export const captureLimits = { configurations: 8, interfaces: 32, alternates: 32, endpoints: 30, extras: 256 } as const;

export const endpointTypes = ['control', 'isochronous', 'bulk', 'interrupt'] as const;
