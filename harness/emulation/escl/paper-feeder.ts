import type { ScannerQuirks } from './escl-scanner-behaviour.ts';
import { sheetOriginal, type PaperSheet } from './paper-sheet.ts';
import type { ScanJob } from './scan-job.ts';
import { testPattern, type Original } from './test-page.ts';

/** The stack of sheets on a scanner's feeder, and what goes wrong when it draws them in. */
export class PaperFeeder {
  readonly #quirks: Pick<ScannerQuirks, 'extraFeederPages' | 'swallowsSheet' | 'turnsSheet'>;
  #stack: readonly (PaperSheet | 'pattern')[] = [];
  #jammed = false;
  #untilJam: number | undefined;
  /** What lies under the sensor: the sheet in hand, its back for the next side, the last one for a page too many. */
  #inHand: { readonly sheet: PaperSheet | 'pattern'; readonly upsideDown: boolean } | undefined;

  constructor(quirks: Pick<ScannerQuirks, 'extraFeederPages' | 'swallowsSheet' | 'turnsSheet'>) {
    this.#quirks = quirks;
  }

  get sheets(): number {
    return this.#stack.length;
  }

  get jammed(): boolean {
    return this.#jammed;
  }

  load(sheets: number | readonly PaperSheet[]): void {
    this.#stack = typeof sheets === 'number' ? Array.from({ length: sheets }, () => 'pattern' as const) : [...sheets];
    this.#inHand = undefined;
  }

  setJam(jammed: boolean): void {
    this.#jammed = jammed;
    this.#untilJam = undefined;
  }

  jamAfter(sheets: number): void {
    this.#untilJam = sheets;
  }

  reset(): void {
    this.load(0);
    this.setJam(false);
  }

  /** Is there another page for this job? Asks the paper path too: this is where a sheet gets stuck. */
  more(job: ScanJob): boolean {
    const extra = this.#quirks.extraFeederPages ?? 0;
    if (job.sidesLeft > 0) return true;
    if (this.#stack.length > 0 && this.#untilJam === 0) this.setJam(true);
    if (this.#stack.length > Math.max(0, -extra)) return true;
    return job.pages.length > 0 && job.phantomPages < extra;
  }

  /** Draws in the next sheet, or turns the one in hand. Call only when there is `more`. */
  feed(job: ScanJob): Original {
    const pattern = testPattern(job.pages.length + 1);
    if (job.sidesLeft > 0) {
      job.sidesLeft -= 1;
      return this.#see('back', pattern);
    }
    if (this.#stack.length === 0) {
      job.phantomPages += 1;
      return this.#see('front', pattern);
    }
    job.sheetsFed += 1;
    const drawnIn = job.sheetsFed === this.#quirks.swallowsSheet && this.#stack.length > 1 ? 2 : 1;
    const sheet = this.#stack[drawnIn - 1] ?? 'pattern';
    this.#stack = this.#stack.slice(drawnIn);
    this.#inHand = { sheet, upsideDown: job.sheetsFed === this.#quirks.turnsSheet };
    if (this.#untilJam !== undefined) this.#untilJam -= 1;
    job.sidesLeft = job.plan.duplex ? 1 : 0;
    return this.#see('front', pattern);
  }

  #see(side: 'front' | 'back', pattern: Original): Original {
    const { sheet, upsideDown } = this.#inHand ?? { sheet: 'pattern', upsideDown: false };
    return sheet === 'pattern' ? pattern : sheetOriginal(sheet, side, upsideDown);
  }
}
