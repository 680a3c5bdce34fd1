import type { OutputTray } from './output-tray.ts';
import { PrintJob } from './print-job.ts';

const maxJobs = 100;

/** The jobs of one printer: takes them, prints them one after the other, waits for paper. */
export class PrintQueue {
  readonly #now: () => number;
  readonly #perPage: number;
  readonly #createTimeOut: number;
  readonly #jobs: PrintJob[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #lastId = 0;
  readonly #tray: OutputTray;
  /** Sheets in the paper cassette. */
  #paper = Infinity;
  /** Sheets until one gets stuck. */
  #jamIn: number | undefined;
  #jammed = false;
  #holdAt: number | undefined;
  #held: PromiseWithResolvers<void> | undefined;
  #printing: PrintJob | undefined;

  constructor(options: { readonly now: () => number; readonly millisecondsPerPage: number; readonly createTimeOut: number; readonly tray: OutputTray }) {
    this.#now = options.now;
    this.#perPage = options.millisecondsPerPage;
    this.#createTimeOut = options.createTimeOut;
    this.#tray = options.tray;
  }

  get jobs(): readonly PrintJob[] {
    return this.#jobs;
  }

  get waiting(): readonly PrintJob[] {
    return this.#jobs.filter((job) => !job.ended);
  }

  get paper(): boolean {
    return this.#paper > 0;
  }

  get jammed(): boolean {
    return this.#jammed;
  }

  /** Neither without paper nor jammed. */
  get ready(): boolean {
    return this.paper && !this.#jammed;
  }

  /** Resolves when more of a job's document may be read; `undefined` if it may be now. */
  heldFor(job: PrintJob): Promise<void> | undefined {
    if (this.#holdAt !== undefined && job.wholePages >= this.#holdAt) this.hold(true);
    return this.#held?.promise;
  }

  find(id: number): PrintJob | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  create(options: { readonly name: string; readonly user: string; readonly template: PrintJob['template'] }): PrintJob {
    this.#lastId += 1;
    const job = new PrintJob({ ...options, id: this.#lastId, createdAt: this.#now() });
    this.#jobs.push(job);
    const oldest = this.#jobs.findIndex((candidate) => candidate.ended);
    if (this.#jobs.length > maxJobs && oldest >= 0) this.#jobs.splice(oldest, 1);
    // multiple-operation-time-out: nobody sends a document (RFC 8011, 5.4.31).
    this.#after(this.#createTimeOut, () => {
      if (!job.closed) this.abort(job, 'job-canceled-at-device');
    });
    return job;
  }

  /** All documents of the job are in: print it when its turn comes. */
  close(job: PrintJob): void {
    job.closed = true;
    if (!job.ended) job.setState('pending', ['none'], this.#now());
    this.#advance();
  }

  cancel(job: PrintJob): void {
    this.#end(job, 'canceled', 'job-canceled-by-user');
  }

  abort(job: PrintJob, reason: string): void {
    this.#end(job, 'aborted', reason);
  }

  /** The connection broke in the middle of a document: the pages that are whole were printed as they came. */
  breakOff(job: PrintJob): void {
    while (job.printed < job.wholePages && this.#sheetComesOut(job)) this.#printPage(job);
    this.abort(job, 'aborted-by-system');
  }

  loadPaper(sheets: number): void {
    this.#paper = sheets;
    this.#advance();
  }

  /** After so many more sheets one gets stuck, and stays stuck. */
  jamAfter(sheets: number): void {
    this.#jamIn = sheets;
  }

  /** The stuck sheet was taken out: what was on it is printed again. */
  clearJam(): void {
    this.#jamIn = undefined;
    this.#jammed = false;
    this.#advance();
  }

  /** Reads no more of a document as soon as so many of its pages are in; `hold(false)` goes on. */
  holdAfterPages(pages: number): void {
    this.#holdAt = pages;
  }

  hold(held: boolean): void {
    this.#holdAt = undefined;
    if (held) this.#held ??= Promise.withResolvers<void>();
    else {
      this.#held?.resolve();
      this.#held = undefined;
    }
  }

  /** Power off and on: jobs are gone, paper stays as it is. */
  reset(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const job of this.waiting) job.setState('aborted', ['aborted-by-system'], this.#now());
    this.#printing = undefined;
    this.hold(false);
  }

  #end(job: PrintJob, state: 'canceled' | 'aborted', reason: string): void {
    job.setState(state, [reason], this.#now());
    job.closed = true;
    if (this.#printing === job) this.#printing = undefined;
    this.#advance();
  }

  #advance(): void {
    while (!this.#printing) {
      const next = this.#jobs.find((job) => job.closed && !job.ended);
      if (!next) return;
      if (!this.#printPages(next)) return;
      this.#complete(next);
    }
  }

  /** Prints what is left of a job. False: it waits, for paper or for the page that is on its way. */
  #printPages(job: PrintJob): boolean {
    while (job.printed < job.impressions) {
      if (!this.#sheetComesOut(job)) {
        job.setState('processing-stopped', ['printer-stopped'], this.#now());
        return false;
      }
      job.setState('processing', ['job-printing'], this.#now());
      if (this.#perPage > 0) {
        this.#printing = job;
        this.#after(this.#perPage, () => {
          if (this.#printing !== job) return;
          this.#printing = undefined;
          this.#printPage(job);
          this.#advance();
        });
        return false;
      }
      this.#printPage(job);
    }
    return true;
  }

  /** False when paper is out or the sheet is the one that gets stuck. */
  #sheetComesOut(job: PrintJob): boolean {
    if (this.#jamIn === 0) {
      this.#jamIn = undefined;
      this.#jammed = true;
      this.#paper -= 1;
      this.#tray.stuck(job);
    }
    return this.ready;
  }

  #printPage(job: PrintJob): void {
    this.#paper -= 1;
    if (this.#jamIn !== undefined) this.#jamIn -= 1;
    this.#tray.deliver(job);
  }

  #complete(job: PrintJob): void {
    job.setState('completed', ['job-completed-successfully'], this.#now());
  }

  #after(milliseconds: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, milliseconds).unref();
    this.#timers.add(timer);
  }
}
