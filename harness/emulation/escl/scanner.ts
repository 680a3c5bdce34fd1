import { createHash } from 'node:crypto';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { AdfState, ColorMode, JobState, ScannerState } from '../../wire/escl/escl-vocabulary.ts';
import type { ScanSettings } from '../../wire/escl/scan-settings.ts';
import type { ScannerStatus } from '../../wire/escl/scanner-status.ts';
import { collectRows, type Picture } from '../../wire/picture/picture.ts';
import type { EsclScannerBehaviour } from './escl-scanner-behaviour.ts';
import { writeCapabilities, type CapabilitiesQuirks } from './odd-capabilities.ts';
import { PaperFeeder } from './paper-feeder.ts';
import { planScan } from './plan-scan.ts';
import { ScanJob } from './scan-job.ts';
import type { ScanJobRecord, ScannerControls, ScannerRequest } from './scanner-controls.ts';
import { scanRows, testPattern, type Original, type PixelKind } from './test-page.ts';

/** A job whose documents nobody fetches for so long is given up, as real scanners do. */
const abandonedAfter = 60_000;

export const pixelKinds: Readonly<Record<ColorMode, PixelKind>> = { BlackAndWhite1: 'black-and-white', Grayscale8: 'grey', RGB24: 'colour' };

/** Why a job is refused: the HTTP status and the reason in words. */
export interface Refusal {
  readonly status: 409 | 503;
  readonly reason: string;
}

/** The next document of a job: a page to send, none left, asked for too soon, or wait. */
export type NextDocument = { readonly page: Original; readonly delay: number } | 'no-more' | 'too-soon' | 'busy';

/** The machine behind the protocol: glass, feeder, door, jobs. It knows nothing of HTTP. */
export class Scanner {
  readonly behaviour: EsclScannerBehaviour;
  readonly controls: ScannerControls;
  readonly #now: () => number;
  #jobs: ScanJob[] = [];
  #jobsMade = 0;
  #requests: ScannerRequest[] = [];
  readonly #feeder: PaperFeeder;
  #door: 'open' | 'closed' = 'closed';
  #platen: Original = testPattern(1);
  #busy = { job: 0, document: 0, 'later-document': 0 };
  #refusedJobs = 0;
  #document: CapabilitiesQuirks;
  #delay = { milliseconds: 0, times: 0 };
  #hold: { reached: () => void; released: Promise<void> } | undefined;

  constructor(behaviour: EsclScannerBehaviour, now: () => number) {
    this.behaviour = behaviour;
    this.#feeder = new PaperFeeder(behaviour.quirks ?? {});
    this.#document = behaviour.quirks?.document ?? {};
    this.#now = now;
    this.controls = this.#makeControls();
  }

  reset(): void {
    this.activeJob()?.end('Aborted', this.#now());
    this.#jobs = [];
    this.#jobsMade = 0;
    this.#requests = [];
    this.#feeder.reset();
    this.#door = 'closed';
    this.#platen = testPattern(1);
    this.#busy = { job: 0, document: 0, 'later-document': 0 };
    this.#document = this.behaviour.quirks?.document ?? {};
    this.#refusedJobs = 0;
    this.#delay = { milliseconds: 0, times: 0 };
    this.#hold = undefined;
  }

  noteRequest(request: ScannerRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > 1000) this.#requests.shift();
  }

  findJob(id: string): ScanJob | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  activeJob(): ScanJob | undefined {
    const job = this.#jobs.at(-1);
    if (job?.active && !job.sending && this.#now() - job.changedAt > abandonedAfter) job.end('Aborted', this.#now());
    return job?.active ? job : undefined;
  }

  /** ScannerCapabilities as it is written now. */
  capabilities(): string {
    return writeCapabilities(this.behaviour.capabilities, this.#document);
  }

  /** Accepts a job, or says why not. */
  createJob(settings: ScanSettings): ScanJob | Refusal {
    if (this.#busy.job > 0) {
      this.#busy.job -= 1;
      return { status: 503, reason: 'busy' };
    }
    if (this.activeJob()) return { status: 503, reason: 'another job is going on' };
    if (this.#refusedJobs < (this.behaviour.quirks?.busyBeforeJob ?? 0)) {
      this.#refusedJobs += 1;
      return { status: 503, reason: 'waking up' };
    }
    const plan = planScan(settings, this.behaviour.capabilities);
    if ('refusal' in plan) return { status: 409, reason: plan.refusal };
    if (plan.source === 'Feeder') {
      const state = this.#adfState();
      if (state === 'ScannerAdfHatchOpen' || state === 'ScannerAdfJam') return { status: 409, reason: state };
      if (this.#feeder.sheets === 0 && (this.behaviour.quirks?.emptyFeeder ?? 'refuse') === 'refuse') return { status: 409, reason: 'ScannerAdfEmpty' };
    }
    this.#refusedJobs = 0;
    this.#jobsMade += 1;
    const job = new ScanJob(jobId(this.#jobsMade), settings, plan, this.#now());
    this.#jobs.push(job);
    if (this.#jobs.length > 100) this.#jobs.shift();
    return job;
  }

  /** Takes the next sheet or reads the glass. Call only for an active job that is not sending. */
  nextDocument(job: ScanJob): NextDocument {
    const quirks = this.behaviour.quirks ?? {};
    if (job.pages.length > 0 && this.#now() - job.changedAt < (quirks.nextDocumentNotBefore ?? 0)) return 'too-soon';
    job.changedAt = this.#now();
    if (quirks.emptyFeeder === 'jam' && job.plan.source === 'Feeder' && job.pages.length === 0 && this.#feeder.sheets === 0) this.#feeder.setJam(true);
    const more = job.plan.source === 'Platen' ? job.pages.length === 0 : this.#feeder.more(job);
    const blocked = job.plan.source === 'Feeder' && (this.#feeder.jammed || this.#door === 'open');
    if (blocked || !more) {
      job.end(blocked ? 'Aborted' : 'Completed', this.#now());
      return 'no-more';
    }
    const what = this.#busy.document > 0 || job.pages.length === 0 ? 'document' : 'later-document';
    if (this.#busy[what] > 0) {
      this.#busy[what] -= 1;
      return 'busy';
    }
    if (job.busyAnswers < (quirks.busyBeforeDocument ?? 0)) {
      job.busyAnswers += 1;
      return 'busy';
    }
    job.busyAnswers = 0;
    const number = job.begin(job.plan.source === 'Platen' ? this.#platen : this.#feeder.feed(job));
    const slow = this.#delay.times > 0;
    if (slow) this.#delay = { ...this.#delay, times: this.#delay.times - 1 };
    return { page: job.original(number) as Original, delay: slow ? this.#delay.milliseconds : (quirks.documentDelay ?? 0) };
  }

  endJob(job: ScanJob, state: JobState): void {
    job.end(state, this.#now());
  }

  /** After a document: a job that has none left is complete. */
  documentSent(job: ScanJob): void {
    job.changedAt = this.#now();
    const lastOfFeeder = job.pages.length >= (this.behaviour.quirks?.feederEndsAfter ?? Infinity);
    if (job.plan.source === 'Feeder' && lastOfFeeder) this.#feeder.load(0);
    if (job.plan.source === 'Platen' || lastOfFeeder) job.end('Completed', this.#now());
  }

  /** Waits half way through a document if a test asked for it. */
  async halfWay(signal: AbortSignal): Promise<void> {
    const hold = this.#hold;
    if (!hold) return;
    this.#hold = undefined;
    hold.reached();
    const cancelled = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    if (!signal.aborted) await Promise.race([hold.released, cancelled]);
  }

  status(): ScannerStatus {
    const active = this.activeJob();
    const state: ScannerState = this.#feeder.jammed || this.#door === 'open' ? 'Stopped' : active ? 'Processing' : 'Idle';
    const root = this.behaviour.root ?? '/eSCL';
    return {
      version: this.behaviour.capabilities.version,
      state,
      ...(this.behaviour.capabilities.feeder ? { adfState: this.#adfState() } : {}),
      jobs: this.#jobs.slice(-10).reverse().map((job) => ({
        uri: `${root}/ScanJobs/${job.id}`,
        uuid: `urn:uuid:${job.id}`,
        age: Math.floor((this.#now() - job.changedAt) / 1000),
        imagesCompleted: job.pages.filter((page) => page.complete).length,
        imagesToTransfer: job.active ? 1 : 0,
        state: job.state,
        reason: job.reason,
      })),
    };
  }

  #makeControls(): ScannerControls {
    return {
      capabilities: this.behaviour.capabilities,
      sheetsInFeeder: () => this.#feeder.sheets,
      loadFeeder: (sheets) => this.#feeder.load(sheets),
      setDoor: (state) => void (this.#door = state),
      setJam: (jammed) => this.#feeder.setJam(jammed),
      jamAfter: (sheets) => this.#feeder.jamAfter(sheets),
      placeOnPlaten: (original) => void (this.#platen = original === 'pattern' ? testPattern(1) : onWhite(original.picture, original.dotsPerInch)),
      answerBusy: (what, times) => void (this.#busy[what] = times),
      writeCapabilities: (quirks) => void (this.#document = quirks),
      delayDocuments: (milliseconds, times) => void (this.#delay = { milliseconds, times }),
      holdNextDocument: () => {
        const held = Promise.withResolvers<void>();
        const released = Promise.withResolvers<void>();
        this.#hold = { reached: held.resolve, released: released.promise };
        return { held: held.promise, release: released.resolve };
      },
      pressStop: () => this.activeJob()?.end('Canceled', this.#now()),
      jobs: () => this.#jobs.map((job) => job.record()),
      requests: () => [...this.#requests],
      pixels: (job, page) => this.#pixels(job, page),
      reset: () => this.reset(),
    };
  }

  #pixels(record: ScanJobRecord, page: number): Picture {
    const original = this.findJob(record.id)?.original(page);
    if (!original) throw new HwlabError({ code: 'no-such-page', blame: 'harness', message: `scan job ${record.id} has no page ${page}` });
    return collectRows(scanRows(original, record.area, pixelKinds[record.colorMode]));
  }

  #adfState(): AdfState {
    if (this.#door === 'open') return 'ScannerAdfHatchOpen';
    if (this.#feeder.jammed) return 'ScannerAdfJam';
    if (this.activeJob()?.plan.source === 'Feeder') return 'ScannerAdfProcessing';
    const said = this.behaviour.quirks?.adfStateSays;
    if (said !== undefined) return said;
    return this.#feeder.sheets > 0 ? 'ScannerAdfLoaded' : 'ScannerAdfEmpty';
  }
}

/** A picture with white around it; `dotsPerInch` tells its size. */
function onWhite(picture: Picture, dotsPerInch: number): Original {
  return (x, y, into, at) => {
    const column = Math.floor((x * dotsPerInch) / 300);
    const row = Math.floor((y * dotsPerInch) / 300);
    const outside = column >= picture.width || row >= picture.height;
    const from = (row * picture.width + column) * picture.channels;
    for (let channel = 0; channel < 3; channel += 1) into[at + channel] = outside ? 255 : picture.data[from + (picture.channels === 3 ? channel : 0)]!;
  };
}

/** The same job of a test has the same id each time, so that a driver that is answered from a recording and the class that looks on speak of one job. RFC 4122, 4.4: the form of a random one. */
function jobId(number: number): string {
  const hex = createHash('sha256').update(`hwlab scan job ${number}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
