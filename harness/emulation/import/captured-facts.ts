import type { CapturedDevice } from '../../wire/capture/captured-device.ts';
import type { ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';
import type { RecordedReport } from '../../wire/hid-recording/hid-recording.ts';
import type { IppAttribute } from '../../wire/ipp/ipp-message.ts';
import type { CaptureKind } from './detect-kind.ts';

/** One file that was read, for `origin`. */
export interface ReadCapture {
  readonly file: string;
  readonly kind: CaptureKind;
  readonly sha256: string;
}

/** Facts of a HID interface that come without the rest of the device. */
export interface HidFacts {
  /** Where it is known. */
  readonly interfaceNumber: number | undefined;
  readonly reportDescriptor: Uint8Array;
}

/** All that the files of one import say of the device. */
export interface CapturedFacts {
  readonly captures: readonly ReadCapture[];
  readonly device?: CapturedDevice;
  /** Name, bus (3 is USB) and ids where only a recording says them. */
  readonly hidNames?: { readonly name?: string; readonly bus?: number; readonly vendorId?: number; readonly productId?: number };
  readonly hid: readonly HidFacts[];
  /** Reports that the device sent; `device` is its interface's number, or the endpoint's with `byEndpoint`. */
  readonly reports: readonly RecordedReport[];
  readonly byEndpoint: boolean;
  readonly ipp?: readonly IppAttribute[];
  readonly scanner?: ScannerCapabilities;
  readonly deviceId?: { readonly text: string; readonly whole: boolean; readonly make?: string; readonly model?: string };
  /** What was passed over while reading. */
  readonly notes: readonly string[];
}
