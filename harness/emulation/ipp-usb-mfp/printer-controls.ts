import type { RawPrinterControls } from '../usb-printer/usb-printer.ts';
import type { ReceivedDocument } from '../usb-printer/received-document.ts';
import type { PrintedPage } from '../../wire/raster/decode-raster.ts';

export type PrintJobState = 'pending' | 'processing' | 'processing-stopped' | 'canceled' | 'aborted' | 'completed';

/** A job as the printer has it. */
export interface PrintedJob {
  readonly id: number;
  readonly name: string;
  readonly user: string;
  readonly state: PrintJobState;
  readonly reasons: readonly string[];
  /** Job template attributes that came with the job, as text: `{ sides: 'two-sided-long-edge', copies: '2' }`. */
  readonly options: Readonly<Record<string, string>>;
  readonly documents: readonly ReceivedDocument[];
}

/** A sheet that came out of the printer. */
export interface TraySheet {
  /** `PrintedJob.id` */
  readonly job: number;
  /** Page of the job's document, 1.. */
  readonly page: number;
  /** What is on it, where the document was PWG or Apple raster. */
  readonly printed?: PrintedPage;
}

/** One IPP request and how it was answered. */
export interface IppExchange {
  /** `Get-Printer-Attributes` */
  readonly operation: string;
  /** `successful-ok` */
  readonly status: string;
}

/** What a suite can see of and do to the printer half of the device. */
export interface PrinterControls {
  /** The last 100 jobs, oldest first. */
  readonly jobs: readonly PrintedJob[];
  /** The last 500 requests, oldest first. */
  readonly exchanges: readonly IppExchange[];
  /** The actions of Identify-Printer, in order: `flash`, `sound`. */
  readonly identified: readonly string[];
  /** False: paper is out; the printer says so and jobs wait. */
  setPaper(present: boolean): void;
  /** So many sheets are in the paper cassette; when they are used up, paper is out. */
  loadPaper(sheets: number): void;
  /** After so many more sheets one gets stuck in the printer, which says so and stops. */
  jamAfter(sheets: number): void;
  /** The stuck sheet is taken out; the printer prints it again and goes on. */
  clearJam(): void;
  /** What came out since the test began, in order, one side a sheet. Pages that are whole come out even if the cable is pulled in the middle of the document. */
  tray(): readonly TraySheet[];
  /** True: documents are not read until it is false again, so that the sender has to wait. */
  hold(held: boolean): void;
  /** Holds as soon as so many pages of a document are in (it may be one or two more). */
  holdAfterPages(pages: number): void;
  /** Paper is there and nothing is held; the requests noted so far are forgotten. Done before each test. */
  reset(): void;
  /** The 7/1/2 alternate setting of the same device, where the model has one. */
  readonly raw: RawPrinterControls;
}
