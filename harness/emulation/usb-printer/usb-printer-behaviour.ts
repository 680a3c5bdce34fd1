import type { EmulatedModel } from '../usb-device.ts';

/** `behaviour` of a model with the emulator `usb-printer`; its schema is hardware-db/schemas/emulators/usb-printer.schema.json. */
export interface UsbPrinterBehaviour {
  /** The IEEE 1284 device id without its two bytes of length. */
  readonly deviceId: string;
  /** How GET_DEVICE_ID is answered. `right` by default; the others are faults of real devices. */
  readonly deviceIdAnswer?: 'right' | 'stall' | 'little-endian-length' | 'empty';
  /** A job ends when nothing came for so many milliseconds; 30000 by default. */
  readonly jobIdle?: number;
  /** What the bulk IN pipe says: nothing (a read waits), an empty packet at every read, the device id at every read, or answers to PJL queries. */
  readonly backChannel?: 'silent' | 'empty' | 'device-id' | 'pjl';
  /** Milliseconds before a back-channel answer; 0 by default. */
  readonly backChannelDelay?: number;
  /** How fast bulk OUT is accepted; as fast as it comes by default. */
  readonly bytesPerSecond?: number;
  /** A broken printer: every so many bytes one is lost, or one is changed. */
  readonly losesOneByteIn?: number;
  readonly changesOneByteIn?: number;
}

export function usbPrinterBehaviour(model: EmulatedModel): UsbPrinterBehaviour {
  return model.behaviour as unknown as UsbPrinterBehaviour;
}
