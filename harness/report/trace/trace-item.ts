export const lanes = ['phase', 'test', 'command', 'wait', 'assertion', 'exchange', 'wire', 'kernel', 'console', 'screen', 'note'] as const;
export type Lane = (typeof lanes)[number];

/** `bad`: a person looks for this first. `warn`: suspicious words, a stall. `ok`: said to be well. */
export type ItemState = 'bad' | 'warn' | 'ok' | 'skip';

/** A part of what is shown when an item is chosen. */
export interface ItemPart {
  /** A key of the page's texts. */
  readonly name: string;
  readonly text: string;
}

/** One thing on the time axis. */
export interface TraceItem {
  readonly lane: Lane;
  /** Milliseconds since 1970. */
  readonly t: number;
  /** Milliseconds, of what took time; -1 for what never ended. */
  readonly took?: number;
  readonly text: string;
  readonly state?: ItemState;
  readonly parts?: readonly ItemPart[];
  /** Index of a picture of the page. */
  readonly picture?: number;
}

/** A picture of the screen, as it is put into the page. */
export interface TracePicture {
  readonly mediaType: string;
  readonly base64: string;
}

/** What a file of a trace has and the page has not, or could not be read. Parts of a sentence that the page's texts make. */
export interface TraceLoss {
  readonly kind: 'wire-cut' | 'wire-folded' | 'lines-unreadable' | 'file-cut' | 'file-missing' | 'pictures' | 'page-full' | 'said';
  readonly what: string;
  readonly count?: number;
}

/** All attempts of a cell. */
export interface CellTrace {
  readonly cell: string;
  readonly result?: string;
  readonly outcome?: string;
  readonly facts: readonly (readonly [string, string])[];
  /** Where each attempt begins, milliseconds since 1970. */
  readonly attempts: readonly { readonly number: number; readonly t: number }[];
  readonly items: readonly TraceItem[];
  readonly pictures: readonly TracePicture[];
  readonly losses: readonly TraceLoss[];
}
