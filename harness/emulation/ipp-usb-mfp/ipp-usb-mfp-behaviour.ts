import type { IppJsonAttributes } from '../../wire/ipp/ipp-json.ts';
import type { createEsclService } from '../escl/escl-service.ts';
import type { PaperQuirks } from './output-tray.ts';
import type { EmulatedModel } from '../usb-device.ts';
import type { UsbPrinterBehaviour } from '../usb-printer/usb-printer-behaviour.ts';

/** What the printer half of the device is. */
export interface IppPrinterBehaviour {
  /** As Get-Printer-Attributes gives them. State, counters, times, URIs and UUID are made by the service and not written here. */
  readonly attributes: IppJsonAttributes;
  /** How long a page takes; 0 by default: a job is completed as soon as its document is in. */
  readonly millisecondsPerPage?: number;
  /** What it does wrong with paper. */
  readonly paperQuirks?: PaperQuirks;
}

/** Known bad manners of real HTTP-over-USB devices. */
export interface HttpPersonality {
  /** Milliseconds before the first answer after the plug (a device that boots its controller first). */
  readonly firstAnswerDelay?: number;
  /** So many requests after the plug are answered with 503. */
  readonly busyAnswers?: number;
  /** Everything is answered with 404: the device has the interfaces, but no service behind them. */
  readonly notFound?: boolean;
}

/** `behaviour` of a model with the emulator `ipp-usb-mfp`; its schema is hardware-db/schemas/emulators/ipp-usb-mfp.schema.json. */
export interface IppUsbMfpBehaviour extends Pick<UsbPrinterBehaviour, 'deviceId' | 'deviceIdAnswer'> {
  readonly printer: IppPrinterBehaviour;
  readonly scanner: Parameters<typeof createEsclService>[0];
  readonly http?: HttpPersonality;
}

export function ippUsbMfpBehaviour(model: EmulatedModel): IppUsbMfpBehaviour {
  return model.behaviour as unknown as IppUsbMfpBehaviour;
}
