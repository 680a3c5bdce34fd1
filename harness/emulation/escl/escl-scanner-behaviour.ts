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
  /** ScanJobs on an empty feeder: refuse with 409 (default), or accept and answer 404 to the first NextDocument. */
  readonly emptyFeeder?: 'refuse' | 'accept';
  /** Each document is answered with 503 this many times before it is sent. */
  readonly busyBeforeDocument?: number;
  /** Milliseconds before each document. */
  readonly documentDelay?: number;
  /** The answer when there are no more documents; 404 by default. */
  readonly noMoreDocuments?: 404 | 410;
  /** The image is this many pixels wider than what was asked for. */
  readonly extraColumns?: number;
  /** Location of a new job: a whole URL (default) or the path only. */
  readonly location?: 'url' | 'path';
  /** Answers every DELETE with 404 and goes on scanning. */
  readonly ignoresCancel?: boolean;
}
