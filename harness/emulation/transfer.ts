import type { TransferStatus } from './usb-device.ts';

/** The answer to an IN transfer. */
export interface InReply {
  readonly status: TransferStatus;
  readonly data: Uint8Array;
}

/**
 * A transfer that a transport has handed to the core. Its `done` callback is called exactly once: with the answer, or with
 * `cancelled` when it was cancelled or dropped by a reset.
 */
export interface Transfer {
  /** Ends a transfer that is still pending; does nothing if it has been answered. */
  cancel(): void;
}

export const noBytes: Uint8Array = new Uint8Array(0);
