import type { DocumentFormat, InputSource, ColorMode, JobState } from '../../wire/escl/escl-vocabulary.ts';
import type { ScanSettings } from '../../wire/escl/scan-settings.ts';
import type { Picture } from '../../wire/picture/picture.ts';
import type { CapabilitiesQuirks } from './odd-capabilities.ts';
import type { PaperSheet } from './paper-sheet.ts';
import type { ScanArea } from './test-page.ts';
import type { ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';

/** One page as it was sent. */
export interface SentPage {
  /** 1, 2, ... in the job; the pattern of each page is another. */
  readonly number: number;
  readonly mediaType: DocumentFormat;
  readonly width: number;
  readonly height: number;
  /** Bytes given to the transport and their hash; of an unfinished page, of what was given. */
  readonly bytes: number;
  readonly sha256: string;
  /** False while it is being sent and for ever if it was cut off. */
  readonly complete: boolean;
}

/** One scan job as the scanner saw it. */
export interface ScanJobRecord {
  readonly id: string;
  /** What the client asked for, and what the scanner made of it. */
  readonly settings: ScanSettings;
  readonly source: InputSource;
  readonly duplex: boolean;
  readonly colorMode: ColorMode;
  readonly area: ScanArea;
  readonly state: JobState;
  readonly pages: readonly SentPage[];
}

/** One HTTP request and its answer. */
export interface ScannerRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** What a person does at an emulated scanner, and what a test wants to know of it. */
export interface ScannerControls {
  readonly capabilities: ScannerCapabilities;
  /** Lays so many sheets with the test pattern, or these sheets, in the feeder, instead of what was there. */
  loadFeeder(sheets: number | readonly PaperSheet[]): void;
  sheetsInFeeder(): number;
  setDoor(state: 'open' | 'closed'): void;
  setJam(jammed: boolean): void;
  /** So many sheets from now go through; the one after them gets stuck. It can be taken out and laid in again. */
  jamAfter(sheets: number): void;
  /** Lays a picture on the glass, its top left in the corner, or the test pattern; white lies around it. */
  placeOnPlaten(original: 'pattern' | { readonly picture: Picture; readonly dotsPerInch: number }): void;
  /** The next `times` requests for a job, for a document, or for a document after the first of its job, are answered with 503. */
  answerBusy(what: 'job' | 'document' | 'later-document', times: number): void;
  /** ScannerCapabilities is written in this odd way from now on. */
  writeCapabilities(quirks: CapabilitiesQuirks): void;
  /** The next `times` documents begin only after so many milliseconds. */
  delayDocuments(milliseconds: number, times: number): void;
  /** The next document stops half way, until it is cancelled or released. */
  holdNextDocument(): { readonly held: Promise<void>; release(): void };
  /** The stop button: ends the job that is going on. */
  pressStop(): void;
  /** Jobs since power-on, oldest first, the last 100. */
  jobs(): readonly ScanJobRecord[];
  /** Requests since power-on, oldest first, the last 1000. */
  requests(): readonly ScannerRequest[];
  /** The pixels of a page (1..) of a job before they were compressed, as a good scanner would have sent them. */
  pixels(job: ScanJobRecord, page: number): Picture;
  /** Everything as after power-on: closed, nothing loaded, the pattern on the glass, no faults. Jobs and requests are forgotten. */
  reset(): void;
}
