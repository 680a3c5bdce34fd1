/**
 * What crosses a USB/IP connection (Documentation/usb/usbip_protocol.rst of the Linux kernel, version 1.1.1). All integers are big-endian.
 * A connection begins with one operation; after an import it carries transfers only.
 */

export const usbipVersion = 0x0111;
/** Bytes of each header. */
export const sizes = { operation: 8, busId: 32, device: 312, interface: 4, transfer: 48, isoPacket: 16 } as const;

export const operationCodes = { requestDevices: 0x8005, replyDevices: 0x0005, requestImport: 0x8003, replyImport: 0x0003 } as const;
export const transferCommands = { submit: 1, unlink: 2, submitted: 3, unlinked: 4 } as const;

/** Status of an operation's reply (usbip_common.h of the tools). */
export const operationStatus = { ok: 0, notAvailable: 1, busy: 2, error: 3, noDevice: 4 } as const;

/** Codes of a device's speed, as the kernel's enum usb_device_speed has them. */
export const usbipSpeeds = { low: 1, full: 2, high: 3, super: 5 } as const;

/** Linux's error numbers that end a transfer; they cross the wire negated. */
export const errno = { ok: 0, noDevice: 19, invalid: 22, stall: 32, protocol: 71, overflow: 75, reset: 104, timeout: 110 } as const;

export interface UsbipDevice {
  readonly path: string;
  readonly busId: string;
  readonly bus: number;
  readonly device: number;
  readonly speed: number;
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceVersion: number;
  readonly class: readonly [number, number, number];
  readonly configurationValue: number;
  readonly configurations: number;
  readonly interfaces: readonly (readonly [number, number, number])[];
}

export interface SubmitRequest {
  readonly name: 'submit';
  readonly sequence: number;
  /** Bus number in the high half, device number in the low. */
  readonly deviceId: number;
  readonly isIn: boolean;
  /** 0..15 */
  readonly endpoint: number;
  readonly flags: number;
  /** Bytes of data that follow (OUT) or that are wanted (IN). */
  readonly length: number;
  readonly startFrame: number;
  /** Packets of an isochronous transfer, 0 for others. */
  readonly packets: number;
  readonly interval: number;
  /** The eight bytes of a control request. */
  readonly setup: Uint8Array;
  readonly data: Uint8Array;
}

export interface UnlinkRequest {
  readonly name: 'unlink';
  readonly sequence: number;
  readonly deviceId: number;
  /** Sequence number of the transfer that shall end. */
  readonly target: number;
}

/** What a client says. */
export type UsbipRequest = { readonly name: 'devices' } | { readonly name: 'import'; readonly busId: string } | SubmitRequest | UnlinkRequest;

export interface SubmitReply {
  readonly name: 'submitted';
  readonly sequence: number;
  /** 0 or a negated error number. */
  readonly status: number;
  readonly length: number;
  /** Packets of an isochronous transfer; their descriptors follow the data. */
  readonly packets: number;
  readonly data: Uint8Array;
}

/** What a server says. An import that fails has no device. */
export type UsbipReply =
  | { readonly name: 'devices'; readonly devices: readonly UsbipDevice[] }
  | { readonly name: 'imported'; readonly status: number; readonly device?: UsbipDevice }
  | SubmitReply
  | { readonly name: 'unlinked'; readonly sequence: number; readonly status: number };
