/**
 * The transport-neutral USB device: what a device class implements and what a transport (usbredir, USB/IP) drives.
 * Nothing here knows a socket.
 */

export type UsbSpeed = 'low' | 'full' | 'high' | 'super';

/** The eight bytes of a control request (USB 2.0, 9.3). `index` of a class request to an interface holds its number in the low byte. */
export interface SetupPacket {
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

/** How a transfer ended. `stall` is the device's "no"; the others are faults of the wire. */
export type TransferStatus = 'ok' | 'stall' | 'cancelled' | 'invalid' | 'io-error' | 'timeout' | 'babble';

/** The answer to a control request. For IN `data` is what is sent (the core cuts it to the wanted length); for OUT it is empty. */
export interface ControlReply {
  readonly status: TransferStatus;
  readonly data: Uint8Array;
}

/** The answer to an OUT transfer: how many bytes were taken. */
export interface OutReply {
  readonly status: TransferStatus;
  readonly accepted: number;
}

/** What a device class does; the core answers the standard requests from the descriptors and calls this for the rest. */
export interface UsbFunction {
  /** Class and vendor requests, and GET_DESCRIPTOR of types that the core does not hold (HID report 0x22, IPP-USB 0x21). `undefined` means STALL. */
  control(setup: SetupPacket, data: Uint8Array): ControlReply | Promise<ControlReply> | undefined;
  /** An OUT transfer on bulk or interrupt endpoint `endpoint` (1..15). A pending promise is NAK: the driver waits. Called in order, one at a time per endpoint. */
  out(endpoint: number, data: Uint8Array, signal: AbortSignal): OutReply | Promise<OutReply>;
  /** Bus reset, SET_CONFIGURATION and SET_INTERFACE, after the core has dropped pending data of the endpoints concerned. */
  onReset?(): void;
  onConfiguration?(value: number): void;
  onAlternate?(interfaceNumber: number, alternate: number): void;
  /**
   * The driver began or ceased to take data from interrupt or isochronous IN endpoint `endpoint` (1..15). Reports sent while nothing polls are lost, as
   * on a real bus. A transport without such a message (USB/IP) calls it at the first transfer that is submitted.
   */
  onPolling?(endpoint: number, polled: boolean): void;
  /**
   * The next packet of isochronous IN endpoint `endpoint` (1..15), at most as long as the endpoint's packets of one (micro)frame; `undefined` while there is
   * nothing to say. Asked for by the transport while the driver streams (`onPolling` tells when), never answered twice: there is no retry on such an endpoint.
   */
  isochronous?(endpoint: number): Uint8Array | undefined;
  /** The device was unplugged; end timers and streams. */
  onUnplug?(): void;
}

/**
 * The device's side of the IN endpoints; the core gives it to the function. Bulk data is a byte stream, interrupt data is one
 * report a call. Data for an endpoint that is not in the active alternate setting is dropped.
 */
export interface UsbInPipes {
  /**
   * Queues data for IN endpoint `endpoint` (1..15). Resolves when the driver has taken all of it (back-pressure), or when it was dropped by
   * reset or unplug. When `signal` aborts, what the driver has not taken yet is dropped.
   */
  send(endpoint: number, data: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Halts the endpoint: the next IN is answered with STALL until CLEAR_FEATURE(ENDPOINT_HALT) or reset. */
  halt(endpoint: number): void;
}

/** Makes the function of a device when the core has its pipes. */
export type UsbFunctionFactory = (pipes: UsbInPipes) => UsbFunction;

/** `usb` of an emulated model: the descriptors as data. Numbers with a meaning in hex are written as strings, `"0x2341"`. */
export interface UsbDescriptors {
  readonly speed: UsbSpeed;
  readonly vendorId: string;
  readonly productId: string;
  /** bcdUSB and bcdDevice, `"0x0200"`. */
  readonly usbVersion: string;
  readonly deviceVersion: string;
  /** [class, subclass, protocol] of the device, 0 0 0 when the interfaces tell. */
  readonly class: readonly [number, number, number];
  readonly maxPacketSize0: number;
  readonly strings: { readonly manufacturer?: string; readonly product?: string; readonly serial?: string };
  readonly configuration: {
    /** bmAttributes; 0x80 bus powered, 0xc0 self powered, 0x20 remote wake-up. */
    readonly attributes: number;
    /** Milliamperes. */
    readonly maxPower: number;
    readonly associations?: readonly { readonly first: number; readonly count: number; readonly class: readonly [number, number, number]; readonly name?: string }[];
    readonly interfaces: readonly UsbInterface[];
  };
}

export interface UsbInterface {
  readonly number: number;
  /** Alternate settings 0, 1, ... in order. */
  readonly alternates: readonly UsbAlternate[];
}

export interface UsbAlternate {
  readonly class: readonly [number, number, number];
  readonly name?: string;
  /** Class-specific descriptors that follow the interface descriptor, each as hex bytes. */
  readonly extra?: readonly string[];
  readonly endpoints: readonly UsbEndpoint[];
}

export interface UsbEndpoint {
  /** bEndpointAddress; 0x80 set for IN, `"0x81"`. */
  readonly address: string;
  readonly type: 'bulk' | 'interrupt' | 'isochronous';
  /** Bytes of one transaction. 0 is an isochronous endpoint that carries nothing, as alternate settings 0 of real cameras have it. */
  readonly maxPacketSize: number;
  /** bInterval; at least 1 for interrupt and isochronous. */
  readonly interval: number;
  /** Transactions a microframe of a high speed interrupt or isochronous endpoint; 1 by default (USB 2.0, 9.6.6). */
  readonly transactions?: 1 | 2 | 3;
  /** Of isochronous endpoints: `none` by default. */
  readonly synchronization?: 'none' | 'asynchronous' | 'adaptive' | 'synchronous';
  /** Class-specific descriptors that follow the endpoint descriptor, each as hex bytes. */
  readonly extra?: readonly string[];
}

/** Most bytes that an endpoint moves in one (micro)frame. */
export function bytesPerInterval({ maxPacketSize, transactions = 1 }: UsbEndpoint): number {
  return maxPacketSize * transactions;
}

/** One thing that crossed the emulated cable, for the wire trace. Times are milliseconds of `performance.timeOrigin + performance.now()`. */
export interface WireEvent {
  readonly t: number;
  /** `host` = the driver did it, `device` = the emulation did it. */
  readonly from: 'host' | 'device';
  readonly kind: 'plug' | 'unplug' | 'reset' | 'configuration' | 'alternate' | 'control' | 'bulk' | 'interrupt' | 'isochronous' | 'cancel' | 'fault';
  readonly endpoint?: number;
  readonly setup?: SetupPacket;
  readonly status?: TransferStatus;
  /** All bytes that were moved; the first 64 are kept in the trace. */
  readonly length?: number;
  /** First bytes, hex. */
  readonly head?: string;
  /** What it means, in words, where a decoder knows: `GET_DEVICE_ID`, `STK500 READ_SIGN`. */
  readonly meaning?: string;
}

/** `data` are all bytes that were moved; they may change after the call. */
export type WireListener = (event: WireEvent, data?: Uint8Array) => void;

/** A fault that the emulated device shall show; `after` counts transfers (or bytes for OUT bulk) on the endpoint before it strikes. */
export interface FaultRule {
  readonly kind: 'stall' | 'slow' | 'short' | 'disconnect' | 'silent';
  /** Endpoint address with direction bit, 0 for control. */
  readonly endpoint: number;
  readonly afterTransfers?: number;
  readonly afterBytes?: number;
  /** For `slow`: milliseconds before each answer. */
  readonly delay?: number;
  /** How many transfers are hit; 1 by default, Infinity for ever. */
  readonly times?: number;
  /** For control faults: only requests with this requestType and request. */
  readonly match?: { readonly requestType: number; readonly request: number };
}

/** The model file of an emulated device, fixtures/devices/<kind>/<id>.json. `behaviour` is checked by the schema of its emulator. */
export interface EmulatedModel {
  readonly id: string;
  /** Id of the product in hardware-db/devices. */
  readonly device: string;
  readonly name: string;
  /** Which device class's code runs it: `usb-printer`, `ipp-usb-mfp`, `hid-touch`, `arduino-uno`, ... */
  readonly emulator: string;
  readonly suites: readonly string[];
  readonly origin: readonly { readonly what: string; readonly source: string; readonly licence: string }[];
  readonly usb: UsbDescriptors;
  readonly behaviour: Readonly<Record<string, unknown>>;
}

/**
 * A running emulated unit: the device function plus the controls that a suite uses (send a touch, read the printed jobs).
 * A device class exports `create<Class>(model): EmulatedUnit<Controls>`.
 */
export interface EmulatedUnit<Controls> {
  readonly model: EmulatedModel;
  readonly createFunction: UsbFunctionFactory;
  readonly controls: Controls;
  /** Names a control request or the first bytes of a transfer for the wire trace; undefined if it does not know. */
  decode?(event: WireEvent, data: Uint8Array): string | undefined;
}
