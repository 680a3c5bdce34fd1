import type { JobState } from '../../wire/escl/escl-vocabulary.ts';
import type { ScanSettings } from '../../wire/escl/scan-settings.ts';
import type { ScanPlan } from './plan-scan.ts';
import type { ScanJobRecord, SentPage } from './scanner-controls.ts';
import type { Original } from './test-page.ts';

const reasons: Readonly<Record<JobState, string>> = {
  Processing: 'JobScanning',
  Completed: 'JobCompletedSuccessfully',
  Canceled: 'JobCanceledByUser',
  Aborted: 'JobAbortedBySystem',
};

/** A scan job from the request to its end. */
export class ScanJob {
  readonly id: string;
  readonly settings: ScanSettings;
  readonly plan: ScanPlan;
  readonly pages: SentPage[] = [];
  /** Sides of the sheet in hand that are still to come (duplex). */
  sidesLeft = 0;
  /** Sheets drawn in. */
  sheetsFed = 0;
  /** Pages sent that no sheet stands for. */
  phantomPages = 0;
  /** 503 answers given for the document that is next. */
  busyAnswers = 0;
  sending = false;
  changedAt: number;
  state: JobState = 'Processing';
  /** Aborted when the job ends before its pages do. */
  readonly #cancel = new AbortController();
  readonly #originals: Original[] = [];

  constructor(id: string, settings: ScanSettings, plan: ScanPlan, now: number) {
    this.id = id;
    this.settings = settings;
    this.plan = plan;
    this.changedAt = now;
  }

  get active(): boolean {
    return this.state === 'Processing';
  }

  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get reason(): string {
    return this.state === 'Processing' && this.sending ? 'JobScanningAndTransferring' : reasons[this.state];
  }

  end(state: JobState, now: number): void {
    if (!this.active) return;
    this.state = state;
    this.changedAt = now;
    if (state !== 'Completed') this.#cancel.abort();
  }

  /** Begins page `pages.length + 1`, read from `original`. */
  begin(original: Original): number {
    this.#originals.push(original);
    return this.#originals.length;
  }

  /** What page `number` (1..) was read from; undefined if there was none. */
  original(number: number): Original | undefined {
    return this.#originals[number - 1];
  }

  record(): ScanJobRecord {
    const { source, duplex, colorMode, area } = this.plan;
    return { id: this.id, settings: this.settings, source, duplex, colorMode, area, state: this.state, pages: [...this.pages] };
  }
}
