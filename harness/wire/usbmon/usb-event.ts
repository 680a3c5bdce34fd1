import type { CapturePlace } from '../capture/capture-error.ts';

/** One event of usbmon: a transfer was submitted, or it completed (Documentation/usb/usbmon.rst of the kernel). */
export interface UsbEvent {
  readonly place: CapturePlace;
  /** The same for a submission and its completion. */
  readonly id: string;
  readonly type: 'submitted' | 'completed' | 'failed';
  readonly transfer: 'isochronous' | 'interrupt' | 'control' | 'bulk';
  /** With the direction bit. */
  readonly endpoint: number;
  readonly bus: number;
  readonly device: number;
  /** Of a submitted control transfer. */
  readonly setup: UsbSetup | undefined;
  /** Microseconds. */
  readonly time: number;
  /** 0, or a negative error number of Linux. */
  readonly status: number;
  /** Bytes of the transfer; `data` has fewer where the capture is limited. */
  readonly length: number;
  readonly data: Uint8Array;
}

export interface UsbSetup {
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

/** The eight bytes of a setup packet. */
export function setupOf(bytes: Uint8Array): UsbSetup {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return { requestType: view.getUint8(0), request: view.getUint8(1), value: view.getUint16(2, true), index: view.getUint16(4, true), length: view.getUint16(6, true) };
}
