import { decodeRaster, type PrintedPage } from '../../wire/raster/decode-raster.ts';
import type { PrintJob } from './print-job.ts';
import type { TraySheet } from './printer-controls.ts';

/** What a printer does wrong with the paper of a job; for negative controls and personalities. */
export interface PaperQuirks {
  /** This page of each job (1..) is never put out, though the printer says that it was. */
  readonly dropsPage?: number;
  /** This page of each job (1..) comes out twice. */
  readonly repeatsPage?: number;
  /** What was on a sheet that got stuck is not printed again. */
  readonly losesStuckSheet?: boolean;
}

const maxSheets = 1000;

/** The sheets that came out of a printer, in order; one side each. */
export class OutputTray {
  readonly #quirks: PaperQuirks;
  readonly #sheets: { readonly job: PrintJob; readonly page: number }[] = [];

  constructor(quirks: PaperQuirks) {
    this.#quirks = quirks;
  }

  /** Puts the next page of a job out. */
  deliver(job: PrintJob): void {
    job.printed += 1;
    const page = job.printed;
    const copies = page === this.#quirks.dropsPage ? 0 : page === this.#quirks.repeatsPage ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#sheets.push({ job, page });
    if (this.#sheets.length > maxSheets) this.#sheets.shift();
  }

  /** The next page of a job got stuck: its sheet never comes out. */
  stuck(job: PrintJob): void {
    if (this.#quirks.losesStuckSheet) job.printed += 1;
  }

  empty(): void {
    this.#sheets.length = 0;
  }

  /** The sheets with what is on them, where the document was PWG or Apple raster of at most a mebibyte. */
  sheets(): readonly TraySheet[] {
    const rendered = new Map<PrintJob, readonly PrintedPage[]>();
    return this.#sheets.map(({ job, page }) => {
      const pages = rendered.get(job) ?? job.documents.flatMap(({ head }) => decodeRaster(head).pages);
      rendered.set(job, pages);
      const printed = pages[page - 1];
      return { job: job.id, page, ...(printed ? { printed } : {}) };
    });
  }
}
