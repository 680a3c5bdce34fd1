import { DocumentSink, type ReceivedDocument } from './received-document.ts';

/** What ended a job; a raw printer is told nothing, so it has to guess from the line. */
export type JobEnd = 'idle' | 'device-id' | 'soft-reset' | 'reset' | 'unplug';

/** One job as it came over the bulk OUT pipe. */
export interface RawJob {
  /** 1, 2, ... since the unit was made. */
  readonly number: number;
  readonly document: ReceivedDocument;
  /** Undefined while it may go on. */
  readonly endedBy?: JobEnd;
}

const maxKept = 100;

/**
 * Cuts the byte stream of a printer without a job protocol into jobs. A job ends when nothing has come for `idle` milliseconds, or when the
 * driver does what it does between jobs: asks for the device id, resets the port, goes away.
 */
export class RawJobs {
  readonly #idle: number;
  readonly #ended: RawJob[] = [];
  #sink: DocumentSink | undefined;
  #number = 0;
  #received = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(idle: number) {
    this.#idle = idle;
  }

  /** Bytes taken since the unit was made. */
  get received(): number {
    return this.#received;
  }

  /** Bytes of the job that is coming in; 0 between jobs. */
  get incoming(): number {
    return this.#sink?.length ?? 0;
  }

  /** The last jobs, oldest first, with the one that is coming in. */
  get jobs(): readonly RawJob[] {
    return this.#sink ? [...this.#ended, { number: this.#number, document: this.#sink.snapshot() }] : [...this.#ended];
  }

  take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (!this.#sink) {
      this.#sink = new DocumentSink();
      this.#number += 1;
    }
    this.#sink.push(bytes);
    this.#received += bytes.length;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end('idle'), this.#idle).unref();
  }

  end(by: JobEnd): void {
    clearTimeout(this.#timer);
    if (!this.#sink) return;
    this.#ended.push({ number: this.#number, document: this.#sink.snapshot(), endedBy: by });
    if (this.#ended.length > maxKept) this.#ended.shift();
    this.#sink = undefined;
  }

  /** Forgets the jobs that have ended; one that is coming in goes on. */
  clear(): void {
    this.#ended.length = 0;
  }
}
