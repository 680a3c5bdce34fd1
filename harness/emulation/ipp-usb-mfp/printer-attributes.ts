import { createHash } from 'node:crypto';
import { attributesFromJson, type IppJsonAttributes } from '../../wire/ipp/ipp-json.ts';
import { boolean, enumeration, integer, strings } from '../../wire/ipp/ipp-lookup.ts';
import type { IppAttribute } from '../../wire/ipp/ipp-message.ts';
import type { PrintJob } from './print-job.ts';
import { jobStateNumbers } from './print-job.ts';
import type { PrintQueue } from './print-queue.ts';

/** What the attributes of the moment are made from. */
export interface PrinterMoment {
  /** `localhost:60000`, as the request names the printer. */
  readonly host: string;
  /** Seconds since the plug, at least 1. */
  readonly upTime: number;
  readonly queue: PrintQueue;
}

/** `urn:uuid:` of a unit, version 5, the same at every plug of the same serial number. */
export function unitUuid(modelId: string, serial: string): string {
  const hash = createHash('sha1').update(`hwlab/${modelId}/${serial}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** The printer's attributes: those of the model, and over them what changes. */
export class PrinterAttributes {
  readonly #fixed: readonly IppAttribute[];
  readonly #path: string;

  constructor(options: { readonly model: IppJsonAttributes; readonly uuid: string; readonly path: string }) {
    this.#fixed = attributesFromJson({ 'printer-uuid': { uri: [options.uuid] }, ...options.model });
    this.#path = options.path;
  }

  get fixed(): readonly IppAttribute[] {
    return this.#fixed;
  }

  now(moment: PrinterMoment): IppAttribute[] {
    const { queue } = moment;
    const stopped = !queue.ready && queue.waiting.length > 0;
    const state = stopped ? 5 : queue.waiting.some((job) => job.state === 'processing') ? 4 : 3;
    const wrong = [...(queue.paper ? [] : ['media-empty-error', 'media-needed-error']), ...(queue.jammed ? ['media-jam-error'] : [])];
    const live: readonly IppAttribute[] = [
      strings('printer-uri-supported', 'uri', this.uri(moment.host)),
      strings('uri-security-supported', 'keyword', 'none'),
      strings('uri-authentication-supported', 'keyword', 'none'),
      strings('printer-more-info', 'uri', `http://${moment.host}/`),
      enumeration('printer-state', state),
      strings('printer-state-reasons', 'keyword', ...(wrong.length === 0 ? ['none'] : wrong)),
      strings('printer-state-message', 'textWithoutLanguage', queue.jammed ? 'Clear the paper jam' : queue.paper ? '' : 'Load paper'),
      boolean('printer-is-accepting-jobs', true),
      integer('queued-job-count', queue.waiting.length),
      integer('printer-up-time', moment.upTime),
      // Nothing of the configuration changes after power-on; the state is not followed more closely than that.
      integer('printer-config-change-time', 1),
      integer('printer-state-change-time', 1),
    ];
    const replaced = new Set(live.map(({ name }) => name));
    return [...this.#fixed.filter(({ name }) => !replaced.has(name)), ...live];
  }

  uri(host: string): string {
    return `ipp://${host}${this.#path}`;
  }

  jobUri(host: string, job: PrintJob): string {
    return `${this.uri(host)}/jobs/${job.id}`;
  }

  /** All attributes of a job (RFC 8011, 5.3). Times are seconds of printer-up-time. */
  job(job: PrintJob, moment: PrinterMoment, toUpTime: (time: number) => number): IppAttribute[] {
    const time = (name: string, at: number | undefined): IppAttribute => (at === undefined ? { name, values: [{ tag: 'no-value' }] } : integer(name, toUpTime(at)));
    const kilo = Math.ceil(job.octets / 1024);
    const done = job.state === 'completed' ? job.impressions : 0;
    return [
      integer('job-id', job.id),
      strings('job-uri', 'uri', this.jobUri(moment.host, job)),
      strings('job-printer-uri', 'uri', this.uri(moment.host)),
      strings('job-more-info', 'uri', `http://${moment.host}/`),
      strings('job-name', 'nameWithoutLanguage', job.name),
      strings('job-originating-user-name', 'nameWithoutLanguage', job.user),
      enumeration('job-state', jobStateNumbers[job.state]),
      strings('job-state-reasons', 'keyword', ...job.reasons),
      strings('job-state-message', 'textWithoutLanguage', ''),
      integer('job-printer-up-time', moment.upTime),
      time('time-at-creation', job.createdAt),
      time('time-at-processing', job.processingAt),
      time('time-at-completed', job.endedAt),
      integer('number-of-documents', job.documents.length),
      integer('job-k-octets', kilo),
      integer('job-impressions', job.impressions),
      integer('job-impressions-completed', done),
      ...job.template,
    ];
  }
}
