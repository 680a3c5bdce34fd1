import { booleanOf, enumeration, groupAttributes, integer, numberOf, strings, textOf, textsOf } from '../../wire/ipp/ipp-lookup.ts';
import type { IppAttribute, IppGroup, IppMessage } from '../../wire/ipp/ipp-message.ts';
import { ippOperations, type IppStatusName } from '../../wire/ipp/ipp-names.ts';
import { IppRefusal } from './ipp-refusal.ts';
import { unsupportedOf } from './job-template.ts';
import type { PrinterAttributes, PrinterMoment } from './printer-attributes.ts';
import { jobStateNumbers, type PrintJob } from './print-job.ts';
import { selectJobAttributes, selectPrinterAttributes } from './select-attributes.ts';

/** A request with what an operation needs to answer it. */
export interface IppCall {
  readonly request: IppMessage;
  readonly moment: PrinterMoment;
  readonly attributes: PrinterAttributes;
  /** Seconds of printer-up-time for a time of the service's clock. */
  readonly toUpTime: (time: number) => number;
  /** Reads the document behind the attributes into the job; gives its length. */
  readonly receive: (job: PrintJob, compression: string) => Promise<number>;
  readonly identify: (actions: readonly string[]) => void;
}

export interface IppAnswer {
  readonly status: IppStatusName;
  readonly groups: readonly IppGroup[];
}

type Operation = (call: IppCall) => IppAnswer | Promise<IppAnswer>;

const ok: IppStatusName = 'successful-ok';
const substituted: IppStatusName = 'successful-ok-ignored-or-substituted-attributes';

/** The operations of an IPP Everywhere printer (PWG 5100.14, 4.2), by operation id. */
export const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [ippOperations['Print-Job'], printJob],
  [ippOperations['Validate-Job'], (call) => withUnsupported(checkJob(call), [])],
  [ippOperations['Create-Job'], (call) => createJob(call).answer],
  [ippOperations['Send-Document'], sendDocument],
  [ippOperations['Cancel-Job'], cancelJob],
  [ippOperations['Get-Job-Attributes'], getJobAttributes],
  [ippOperations['Get-Jobs'], getJobs],
  [ippOperations['Get-Printer-Attributes'], getPrinterAttributes],
  [ippOperations['Cancel-My-Jobs'], cancelMyJobs],
  [ippOperations['Close-Job'], closeJob],
  [ippOperations['Identify-Printer'], identifyPrinter],
]);

const operationAttributes = (call: IppCall): readonly IppAttribute[] => groupAttributes(call.request, 'operation');

/** Refuses what the printer does not take; gives the job attributes it would ignore. */
function checkJob(call: IppCall): readonly IppAttribute[] {
  const attributes = operationAttributes(call);
  checkDocument(call);
  const unsupported = unsupportedOf(groupAttributes(call.request, 'job'), call.attributes.fixed);
  if (unsupported.length > 0 && booleanOf(attributes, 'ipp-attribute-fidelity') === true) {
    throw new IppRefusal('client-error-attributes-or-values-not-supported', 'ipp-attribute-fidelity is true', unsupported);
  }
  return unsupported;
}

function checkDocument(call: IppCall): void {
  const attributes = operationAttributes(call);
  const format = textOf(attributes, 'document-format');
  if (format !== undefined && !textsOf(call.attributes.fixed, 'document-format-supported').includes(format)) {
    throw new IppRefusal('client-error-document-format-not-supported', `document-format ${format}`, [strings('document-format', 'mimeMediaType', format)]);
  }
  const compression = textOf(attributes, 'compression');
  if (compression !== undefined && !textsOf(call.attributes.fixed, 'compression-supported').includes(compression)) {
    throw new IppRefusal('client-error-compression-not-supported', `compression ${compression}`, [strings('compression', 'keyword', compression)]);
  }
}

function withUnsupported(unsupported: readonly IppAttribute[], groups: readonly IppGroup[]): IppAnswer {
  if (unsupported.length === 0) return { status: ok, groups };
  return { status: substituted, groups: [{ tag: 'unsupported', attributes: unsupported }, ...groups] };
}

function createJob(call: IppCall): { readonly job: PrintJob; readonly answer: IppAnswer } {
  const unsupported = checkJob(call);
  const refused = new Set(unsupported.map(({ name }) => name));
  const attributes = operationAttributes(call);
  const job = call.moment.queue.create({
    name: textOf(attributes, 'job-name') ?? textOf(attributes, 'document-name') ?? 'Untitled',
    user: textOf(attributes, 'requesting-user-name') ?? 'anonymous',
    template: groupAttributes(call.request, 'job').filter(({ name }) => !refused.has(name)),
  });
  return { job, answer: withUnsupported(unsupported, [jobGroup(call, job)]) };
}

/** The job attributes that Print-Job, Create-Job and Send-Document give back (RFC 8011, 4.2.1.2). */
function jobGroup(call: IppCall, job: PrintJob): IppGroup {
  return {
    tag: 'job',
    attributes: [
      strings('job-uri', 'uri', call.attributes.jobUri(call.moment.host, job)),
      integer('job-id', job.id),
      enumeration('job-state', jobStateNumbers[job.state]),
      strings('job-state-reasons', 'keyword', ...job.reasons),
    ],
  };
}

async function printJob(call: IppCall): Promise<IppAnswer> {
  const { job, answer } = createJob(call);
  await call.receive(job, textOf(operationAttributes(call), 'compression') ?? 'none');
  call.moment.queue.close(job);
  return { status: answer.status, groups: [...answer.groups.filter(({ tag }) => tag !== 'job'), jobGroup(call, job)] };
}

async function sendDocument(call: IppCall): Promise<IppAnswer> {
  const attributes = operationAttributes(call);
  const job = target(call);
  const last = booleanOf(attributes, 'last-document');
  if (last === undefined) throw new IppRefusal('client-error-bad-request', 'last-document is missing');
  checkDocument(call);
  if (job.ended || job.closed) throw new IppRefusal('client-error-not-possible', `job ${job.id} takes no more documents`);
  if (job.documents.length > 0 && booleanOf(call.attributes.fixed, 'multiple-document-jobs-supported') !== true && !last) {
    call.moment.queue.abort(job, 'aborted-by-system');
    throw new IppRefusal('server-error-multiple-document-jobs-not-supported', 'one document a job');
  }
  await call.receive(job, textOf(attributes, 'compression') ?? 'none');
  if (last) call.moment.queue.close(job);
  return { status: ok, groups: [jobGroup(call, job)] };
}

function closeJob(call: IppCall): IppAnswer {
  const job = target(call);
  if (!job.closed) call.moment.queue.close(job);
  return { status: ok, groups: [] };
}

function cancelJob(call: IppCall): IppAnswer {
  const job = target(call);
  if (job.ended) throw new IppRefusal('client-error-not-possible', `job ${job.id} is ${job.state}`);
  call.moment.queue.cancel(job);
  return { status: ok, groups: [] };
}

function cancelMyJobs(call: IppCall): IppAnswer {
  const user = textOf(operationAttributes(call), 'requesting-user-name');
  for (const job of call.moment.queue.waiting) if (job.user === user) call.moment.queue.cancel(job);
  return { status: ok, groups: [] };
}

function getJobAttributes(call: IppCall): IppAnswer {
  const job = target(call);
  const requested = textsOf(operationAttributes(call), 'requested-attributes');
  return { status: ok, groups: [{ tag: 'job', attributes: selectJobAttributes(call.attributes.job(job, call.moment, call.toUpTime), requested, ['all']) }] };
}

function getJobs(call: IppCall): IppAnswer {
  const attributes = operationAttributes(call);
  const which = textOf(attributes, 'which-jobs') ?? 'not-completed';
  if (!['completed', 'not-completed'].includes(which)) {
    throw new IppRefusal('client-error-attributes-or-values-not-supported', `which-jobs ${which}`, [strings('which-jobs', 'keyword', which)]);
  }
  const user = booleanOf(attributes, 'my-jobs') === true ? (textOf(attributes, 'requesting-user-name') ?? 'anonymous') : undefined;
  const jobs = call.moment.queue.jobs.filter((job) => job.ended === (which === 'completed') && (user === undefined || job.user === user));
  // Completed jobs come newest first, the others in the order in which they will print (RFC 8011, 4.2.6.2).
  const ordered = which === 'completed' ? [...jobs].reverse() : jobs;
  const limit = Math.max(1, numberOf(attributes, 'limit') ?? ordered.length);
  const requested = textsOf(attributes, 'requested-attributes');
  return {
    status: ok,
    groups: ordered.slice(0, limit).map((job) => ({ tag: 'job', attributes: selectJobAttributes(call.attributes.job(job, call.moment, call.toUpTime), requested, ['job-id', 'job-uri']) })),
  };
}

function getPrinterAttributes(call: IppCall): IppAnswer {
  const attributes = operationAttributes(call);
  checkDocument(call);
  const requested = textsOf(attributes, 'requested-attributes');
  return { status: ok, groups: [{ tag: 'printer', attributes: selectPrinterAttributes(call.attributes.now(call.moment), requested) }] };
}

function identifyPrinter(call: IppCall): IppAnswer {
  const asked = textsOf(operationAttributes(call), 'identify-actions');
  const actions = asked.length > 0 ? asked : textsOf(call.attributes.fixed, 'identify-actions-default');
  const supported = textsOf(call.attributes.fixed, 'identify-actions-supported');
  const refused = actions.filter((action) => !supported.includes(action));
  if (refused.length > 0) throw new IppRefusal('client-error-attributes-or-values-not-supported', 'identify-actions', [strings('identify-actions', 'keyword', ...refused)]);
  call.identify(actions);
  return { status: ok, groups: [] };
}

/** The job that job-id, or the last part of job-uri, names. */
function target(call: IppCall): PrintJob {
  const attributes = operationAttributes(call);
  const id = numberOf(attributes, 'job-id') ?? Number(/\/jobs\/(\d{1,9})$/.exec(textOf(attributes, 'job-uri') ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(id)) throw new IppRefusal('client-error-bad-request', 'neither job-id nor job-uri names a job');
  const job = call.moment.queue.find(id);
  if (!job) throw new IppRefusal('client-error-not-found', `there is no job ${id}`);
  return job;
}
