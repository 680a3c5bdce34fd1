import type { FactClaim, FactDevice, ImportedFact, ImportKind } from '../generated/imported-fact.ts';

export type { FactClaim, FactDevice, ImportedFact, ImportKind };

/** What of a list could not be read. */
export interface ImportProblem {
  readonly at: string;
  readonly reason: string;
}

/** What an importer reads from its list, before it bears source and dates. */
export interface RawFact {
  readonly device: FactDevice;
  readonly claim?: FactClaim;
  /** Where in the list, `file:line`. */
  readonly at: string;
}

/** What a list says of itself. */
export interface SourceFacts {
  /** With its version where it bears one. */
  readonly name: string;
  /** ISO 8601 day. */
  readonly date: string;
}

export interface ImportContext {
  /** Called once, before the first fact, by importers whose list says what it is; else name and date are those of the file. */
  readonly describe: (facts: Partial<SourceFacts>) => void;
  readonly problem: (problem: ImportProblem) => void;
}

/** One kind of list. Reads a stream of untrusted text and yields facts; what is wrong in it is told, and passed over. */
export interface Importer {
  readonly kind: ImportKind;
  /** What it is, and where it is installed. */
  readonly what: string;
  readonly licence: string;
  /** The most that its facts can prove. */
  readonly evidence: 'E1' | 'E3';
  read(path: string, context: ImportContext): AsyncIterable<RawFact>;
}

/** Most facts of one list, and most of its bytes. */
export const importLimits = { facts: 2_000_000, fileBytes: 512 * 1024 * 1024, lineBytes: 64 * 1024, files: 50_000, problems: 50 } as const;
