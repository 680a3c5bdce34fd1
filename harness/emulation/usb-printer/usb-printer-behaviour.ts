import type { EmulatedModel } from '../usb-device.ts';

/** How GET_DEVICE_ID is answered; all but `right` are faults of real devices. */
export type DeviceIdAnswer = 'right' | 'stall' | 'little-endian-length' | 'zero-length' | 'short' | 'trailing-garbage' | 'blank' | 'empty';

/** `behaviour` of a model with the emulator `usb-printer`; its schema is hardware-db/schemas/emulators/usb-printer.schema.json. */
export interface UsbPrinterBehaviour {
  /** The IEEE 1284 device id without its two bytes of length. */
  readonly deviceId: string;
  /** Further fields behind it, `SERN:01010112345600;`: a personality says them for every model. */
  readonly deviceIdExtra?: string;
  /** `right` by default. */
  readonly deviceIdAnswer?: DeviceIdAnswer;
  /** A job ends when nothing came for so many milliseconds; 30000 by default. */
  readonly jobIdle?: number;
  /**
   * What the bulk IN pipe says: nothing (a read waits), an empty packet at every read, the device id at every read, nine bytes of status at every
   * read, answers to PJL queries, or STALL.
   */
  readonly backChannel?: 'silent' | 'empty' | 'device-id' | 'status' | 'pjl' | 'stall';
  /** Milliseconds before a back-channel answer; 0 by default. */
  readonly backChannelDelay?: number;
  /** How fast bulk OUT is accepted; as fast as it comes by default. */
  readonly bytesPerSecond?: number;
  /** In every job, behind so many bytes, nothing is accepted for a while: the fuser heats up, the drum is cleaned. */
  readonly pause?: { readonly afterBytes: number; readonly milliseconds: number };
  /** What came in the last so many milliseconds is still in the device's buffer, and is lost at SET_INTERFACE, soft reset and USB reset. */
  readonly flushTime?: number;
  /** After a job, SET_INTERFACE (the kernel takes the interface back) upsets the firmware: the next job loses its first so many bytes. */
  readonly losesAfterSetInterface?: number;
  /** A broken printer: every so many bytes one is lost, or one is changed. */
  readonly losesOneByteIn?: number;
  readonly changesOneByteIn?: number;
}

export function usbPrinterBehaviour(model: EmulatedModel): UsbPrinterBehaviour {
  return model.behaviour as unknown as UsbPrinterBehaviour;
}
