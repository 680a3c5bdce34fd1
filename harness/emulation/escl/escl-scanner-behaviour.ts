import type { CapabilitiesQuirks } from './odd-capabilities.ts';
import type { ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';

/** `behaviour.scanner` of a model; checked by hardware-db/schemas/emulators/escl-scanner.schema.json. */
export interface EsclScannerBehaviour {
  /** Path under which the protocol is served; `/eSCL` by default. */
  readonly root?: string;
  readonly capabilities: ScannerCapabilities;
  /** 1..100, 92 by default. */
  readonly jpegQuality?: number;
  readonly quirks?: ScannerQuirks;
}

/** How a scanner differs from a good one: oddities of real models, and the faults of negative controls. */
export interface ScannerQuirks {
  /** Pixels come from a place this far off, in 1/300 inch: a mechanical fault. */
  readonly shift?: { readonly x: number; readonly y: number };
  /** Pages more (or fewer, if negative) than there are sheets in the feeder. */
  readonly extraFeederPages?: number;
  /** This sheet of a job (1..) is drawn in together with the one after it and never seen: a double feed. */
  readonly swallowsSheet?: number;
  /** This sheet of a job (1..) is scanned upside down. */
  readonly turnsSheet?: number;
  /** ScanJobs on an empty feeder: refuse with 409 (default), accept and answer 404 to the first NextDocument, or accept and then take the missing paper for a jam. */
  readonly emptyFeeder?: 'refuse' | 'accept' | 'jam';
  /** Milliseconds until it notices that an accepted job has no paper. */
  readonly emptyFeederDelay?: number;
  /** After so many pages a feeder job is complete for it; the sheets that are left run through unseen. */
  readonly feederEndsAfter?: number;
  /** What AdfState always says, whatever lies in the feeder, while nothing is scanned. */
  readonly adfStateSays?: 'ScannerAdfLoaded' | 'ScannerAdfEmpty';
  /** NextDocument is answered with 404 when it comes sooner than so many milliseconds after the document before, though there are more. */
  readonly nextDocumentNotBefore?: number;
  /** So many requests for each job are answered with 503. */
  readonly busyBeforeJob?: number;
  /** Each document is answered with 503 this many times before it is sent. */
  readonly busyBeforeDocument?: number;
  /** Milliseconds before each document. */
  readonly documentDelay?: number;
  /** The answer when there are no more documents; 404 by default. */
  readonly noMoreDocuments?: 404 | 409 | 410;
  /** The image has no more pixels an inch than this, whatever was asked for. */
  readonly mostResolution?: number;
  /** The image is this many pixels wider than what was asked for. */
  readonly extraColumns?: number;
  /** Location of a new job: a whole URL (default), the path only, a URL with half an IPv6 address, or none. */
  readonly location?: 'url' | 'path' | 'broken' | 'none';
  /** Answers every DELETE with 404 and goes on scanning. */
  readonly ignoresCancel?: boolean;
  /** How ScannerCapabilities is written. */
  readonly document?: CapabilitiesQuirks;
}
