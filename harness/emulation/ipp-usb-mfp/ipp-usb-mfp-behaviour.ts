import type { IppJsonAttributes } from '../../wire/ipp/ipp-json.ts';
import type { createEsclService } from '../escl/escl-service.ts';
import type { PaperQuirks } from './output-tray.ts';
import type { EmulatedModel } from '../usb-device.ts';
import type { UsbPrinterBehaviour } from '../usb-printer/usb-printer-behaviour.ts';

/** How the answers are written: rightly, with the mistakes that real firmware makes, or broken for a negative control (`cut-texts`). */
export type IppEncoding = 'right' | 'named-members' | 'padded-language' | 'long-integers' | 'repeated-attributes' | 'cut-texts';

/** What the printer half of the device is. */
export interface IppPrinterBehaviour {
  /** As Get-Printer-Attributes gives them. State, counters, times, URIs and UUID are made by the service and not written here. */
  readonly attributes: IppJsonAttributes;
  /** How long a page takes; 0 by default: a job is completed as soon as its document is in. */
  readonly millisecondsPerPage?: number;
  /** What it does wrong with paper. */
  readonly paperQuirks?: PaperQuirks;
  /** Of Get-Printer-Attributes; `right` by default. */
  readonly encoding?: IppEncoding;
}

/** Known bad manners of real HTTP-over-USB devices. */
export interface HttpPersonality {
  /** Milliseconds before the first answer after the plug (a device that boots its controller first). */
  readonly firstAnswerDelay?: number;
  /** Milliseconds before every answer. */
  readonly answerDelay?: number;
  /** So many requests after the plug are answered with 503. */
  readonly busyAnswers?: number;
  /** So many milliseconds after the plug, printing is answered with 503 and scanning with 404, both without the last line feed of the header. */
  readonly cutAnswers?: number;
  /** Everything is answered with 404: the device has the interfaces, but no service behind them. */
  readonly notFound?: boolean;
  /** `/ipp/faxout`: 404 by default; no answer; or a 503 without the last line feed. */
  readonly fax?: 'not-found' | 'silent' | 'cut';
  /** Each answer ends its connection (`Connection: close`), and the interface begins a new one. */
  readonly closes?: boolean;
  /** A request that comes while another interface is busy is never answered. */
  readonly oneAtATime?: boolean;
}

/** Bad manners below HTTP: of the interfaces themselves. */
export interface PairPersonality {
  /** Only so many of the 7/1/4 interfaces, from the first, answer; the others take everything and say nothing. */
  readonly workingInterfaces?: number;
  /** An empty packet comes before each piece of an answer. */
  readonly emptyPackets?: boolean;
  /** Nothing is taken until the class request SOFT_RESET, or a USB reset after a first try. */
  readonly needsReset?: boolean;
  /** A fault: of what the driver sends on an interface, one byte in so many is changed. */
  readonly changesOneByteIn?: number;
}

/** `behaviour` of a model with the emulator `ipp-usb-mfp`; its schema is hardware-db/schemas/emulators/ipp-usb-mfp.schema.json. */
export interface IppUsbMfpBehaviour extends Pick<UsbPrinterBehaviour, 'deviceId' | 'deviceIdExtra' | 'deviceIdAnswer'> {
  readonly printer: IppPrinterBehaviour;
  /** Absent for a device that only prints. */
  readonly scanner?: Parameters<typeof createEsclService>[0];
  readonly http?: HttpPersonality;
  readonly pairs?: PairPersonality;
}

export function ippUsbMfpBehaviour(model: EmulatedModel): IppUsbMfpBehaviour {
  return model.behaviour as unknown as IppUsbMfpBehaviour;
}
