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
  #paper = true;
  #held: PromiseWithResolvers<void> | undefined;
  #printing: PrintJob | undefined;

  constructor(options: { readonly now: () => number; readonly millisecondsPerPage: number; readonly createTimeOut: number }) {
    this.#now = options.now;
    this.#perPage = options.millisecondsPerPage;
    this.#createTimeOut = options.createTimeOut;
  }

  get jobs(): readonly PrintJob[] {
    return this.#jobs;
  }

  get waiting(): readonly PrintJob[] {
    return this.#jobs.filter((job) => !job.ended);
  }

  get paper(): boolean {
    return this.#paper;
  }

  /** Resolves when documents may be read; `undefined` if they may be now. */
  get held(): Promise<void> | undefined {
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

  setPaper(present: boolean): void {
    this.#paper = present;
    this.#advance();
  }

  hold(held: boolean): void {
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
      if (!this.#paper) {
        next.setState('processing-stopped', ['printer-stopped'], this.#now());
        return;
      }
      next.setState('processing', ['job-printing'], this.#now());
      const time = this.#perPage * next.impressions;
      if (time === 0) {
        this.#complete(next);
        continue;
      }
      this.#printing = next;
      this.#after(time, () => {
        if (this.#printing !== next) return;
        this.#printing = undefined;
        this.#complete(next);
        this.#advance();
      });
    }
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
