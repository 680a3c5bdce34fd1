import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/hwlab-error.ts';
import { buildScannerStatus } from '../../wire/escl/scanner-status.ts';
import { parseScanSettings } from '../../wire/escl/scan-settings.ts';
import type { HttpService } from '../ipp-usb-mfp/http-handler.ts';
import type { EsclScannerBehaviour } from './escl-scanner-behaviour.ts';
import type { ScanJob } from './scan-job.ts';
import { Scanner } from './scanner.ts';
import type { ScannerControls } from './scanner-controls.ts';
import { sendPage } from './send-page.ts';

const maxSettings = 64 * 1024;

/** Serves eSCL (Mopria eSCL Technical Specification 2.97) for one emulated scanner. `now` is milliseconds of a steady clock. */
export function createEsclService(behaviour: EsclScannerBehaviour, now: () => number = () => performance.now()): HttpService<ScannerControls> {
  const scanner = new Scanner(behaviour, now);
  const root = behaviour.root ?? '/eSCL';
  return {
    controls: scanner.controls,
    reset: () => scanner.reset(),
    handler: async (request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      if (path !== root && !path.startsWith(`${root}/`)) return false;
      response.once('close', () => scanner.noteRequest({ method: request.method ?? '', path, status: response.statusCode }));
      await answer(scanner, path.slice(root.length), request, response);
      return true;
    },
  };
}

async function answer(scanner: Scanner, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method } = request;
  if (path !== '/ScanJobs') request.resume();
  if (path === '/ScannerCapabilities') return allow(['GET'], method, response) ? xml(response, scanner.capabilities()) : undefined;
  if (path === '/ScannerStatus') return allow(['GET'], method, response) ? xml(response, buildScannerStatus(scanner.status())) : undefined;
  if (path === '/ScanJobs') return allow(['POST'], method, response) ? await createJob(scanner, request, response) : undefined;
  const [, id, rest] = /^\/ScanJobs\/([0-9a-f-]{36})(\/NextDocument)?$/.exec(path) ?? [];
  const job = id === undefined ? undefined : scanner.findJob(id);
  if (!job) return refuse(response, 404, 'no such thing');
  if (rest === undefined) return allow(['DELETE'], method, response) ? cancel(scanner, job, response) : undefined;
  return allow(['GET'], method, response) ? await nextDocument(scanner, job, response) : undefined;
}

async function createJob(scanner: Scanner, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (!body) return refuse(response, 413, `scan settings have at most ${maxSettings} bytes`);
  let settings;
  try {
    settings = parseScanSettings(body);
  } catch (error) {
    return refuse(response, 400, messageOf(error));
  }
  const job = scanner.createJob(settings);
  if ('status' in job) return refuse(response, job.status, job.reason);
  const { location } = scanner.behaviour.quirks ?? {};
  if (location === 'none') return void response.writeHead(201, { 'Content-Length': 0 }).end();
  const host = request.headers.host;
  const path = `${scanner.behaviour.root ?? '/eSCL'}/ScanJobs/${job.id}`;
  if (location === 'broken') return void response.writeHead(201, { Location: `http://[FD00:443${path}`, 'Content-Length': 0 }).end();
  const whole = location !== 'path' && host !== undefined && /^[A-Za-z0-9.:[\]-]{1,255}$/.test(host);
  response.writeHead(201, { Location: whole ? `http://${host}${path}` : path, 'Content-Length': 0 }).end();
}

async function nextDocument(scanner: Scanner, job: ScanJob, response: ServerResponse): Promise<void> {
  const gone = scanner.behaviour.quirks?.noMoreDocuments ?? 404;
  if (job.sending) return refuse(response, 503, 'a document of this job is being sent');
  if (!job.active) return refuse(response, gone, 'the job has ended');
  const next = scanner.nextDocument(job);
  if (next === 'too-soon') return refuse(response, 404, 'the next document is not there yet');
  if (next === 'no-more') {
    // A feeder that looks for paper first; the client waits for this answer.
    const slow = job.pages.length === 0 ? (scanner.behaviour.quirks?.emptyFeederDelay ?? 0) : 0;
    if (slow > 0) await delay(slow, undefined, { ref: false });
    return refuse(response, gone, 'no more documents');
  }
  if (next === 'busy') return refuse(response, 503, 'not ready yet');
  await sendPage(scanner, job, next.page, next.delay, response);
}

function cancel(scanner: Scanner, job: ScanJob, response: ServerResponse): void {
  if (scanner.behaviour.quirks?.ignoresCancel || !job.active) return refuse(response, 404, 'the job has ended');
  scanner.endJob(job, 'Canceled');
  response.writeHead(200, { 'Content-Length': 0 }).end();
}

/** At most 64 KiB; undefined if there is more. Up to a mebibyte is read and dropped, for the connection lives on; beyond, it is ended. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= maxSettings) pieces.push(piece);
    if (length > 1024 * 1024) break;
  }
  return length > maxSettings ? undefined : Buffer.concat(pieces);
}

function allow(methods: readonly string[], method: string | undefined, response: ServerResponse): boolean {
  if (methods.includes(method ?? '')) return true;
  response.setHeader('Allow', methods.join(', '));
  refuse(response, 405, `only ${methods.join(', ')}`);
  return false;
}

function xml(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(text) }).end(text);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  const text = `${reason}\n`;
  if (status === 503) response.setHeader('Retry-After', 1);
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) }).end(text);
}
