/** Whose fault an error is. It decides what happens next: only `lab` and `harness` become MISS, `product` becomes FAIL, `usage` ends with exit code 2. */
export type Blame = 'product' | 'lab' | 'harness' | 'usage';

/** JSON-safe details of an error, shown to people and kept in results. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface HwlabErrorOptions {
  /** Stable, kebab-case name of the situation, for example `ssh-unreachable`. */
  readonly code: string;
  readonly blame: Blame;
  /** One sentence that says what happened and where. */
  readonly message: string;
  /** What the reader can do about it; one sentence. */
  readonly advice?: string;
  /** True if the same operation may succeed when tried again. Only `lab` errors that are retryable are retried. */
  readonly retryable?: boolean;
  readonly facts?: ErrorFacts;
  readonly cause?: unknown;
}

/** The only error class of hwlab. */
export class HwlabError extends Error {
  readonly code: string;
  readonly blame: Blame;
  readonly retryable: boolean;
  readonly advice: string | undefined;
  readonly facts: ErrorFacts;

  constructor(options: HwlabErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HwlabError';
    this.code = options.code;
    this.blame = options.blame;
    this.retryable = options.retryable ?? false;
    this.advice = options.advice;
    this.facts = options.facts ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
