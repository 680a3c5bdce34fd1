import type { RecordedReport } from '../../wire/hid-recording/hid-recording.ts';
import type { UsbDescriptors } from '../usb-device.ts';

/** What a builder makes of captured facts; names and origin are added by `importModel`. */
export interface BuiltModel {
  readonly emulator: string;
  /** Folder below fixtures/devices. */
  readonly folder: 'panels' | 'printers' | 'mfps' | 'robotics' | 'storage' | 'cameras';
  readonly suites: readonly string[];
  readonly classes: readonly ('printer' | 'scanner' | 'panel' | 'robotics' | 'storage' | 'camera')[];
  readonly usb: UsbDescriptors;
  readonly behaviour: Readonly<Record<string, unknown>>;
  /** What the captures call the product. */
  readonly vendor: string | undefined;
  readonly product: string | undefined;
  /** What the ids and the file name of the model are made from, `egalax-0eef-7349`. */
  readonly idWords: readonly string[];
  /** Reports to replay, with the number of their interface. */
  readonly reports: readonly RecordedReport[];
}
