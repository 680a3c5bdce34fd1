import type { FaultBook } from './fault-book.ts';
import type { UsbFunction } from './usb-device.ts';
import type { WireTrace } from './wire-trace.ts';

/** What the pipes of a device share. */
export interface PipeContext {
  readonly faults: FaultBook;
  readonly trace: WireTrace;
  readonly out: UsbFunction['out'];
  /** `endpoint` is 1..15. */
  onPolling(endpoint: number, polled: boolean): void;
  /** A fault rule wants the device gone. */
  disconnect(): void;
  /** The device class threw. */
  failed(where: string, error: unknown): void;
}
