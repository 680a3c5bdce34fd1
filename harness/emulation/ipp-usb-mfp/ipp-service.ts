import type { IncomingMessage, ServerResponse } from 'node:http';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { numberOf, strings } from '../../wire/ipp/ipp-lookup.ts';
import type { IppMessage } from '../../wire/ipp/ipp-message.ts';
import { ippOperationName, ippStatus } from '../../wire/ipp/ipp-names.ts';
import { encodeAnswer } from './encode-answer.ts';
import { checkRequest } from './check-request.ts';
import type { HttpService } from './http-handler.ts';
import { operations, type IppAnswer } from './ipp-operations.ts';
import { IppRefusal } from './ipp-refusal.ts';
import type { IppEncoding, IppPrinterBehaviour } from './ipp-usb-mfp-behaviour.ts';
import { OutputTray } from './output-tray.ts';
import { PrinterAttributes } from './printer-attributes.ts';
import type { IppExchange, PrinterControls } from './printer-controls.ts';
import { PrintQueue } from './print-queue.ts';
import { drain, receiveDocument, receiveRequest, type ReceivedRequest } from './receive-request.ts';

/** Where the printer is; `/ipp/print/jobs/7` is a job. Everything else, `/ipp/faxout` too, is not found: an answer there makes a phantom fax queue. */
const path = '/ipp/print';
const maxExchanges = 500;

export interface IppServiceOptions {
  readonly behaviour: IppPrinterBehaviour;
  readonly uuid: string;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  /** How answers to Get-Printer-Attributes are written; the behaviour's by default. */
  readonly encoding?: () => IppEncoding | undefined;
}

/** The IPP printer (RFC 8010, 8011; IPP Everywhere, PWG 5100.14) as an HTTP service. */
export function createIppService(options: IppServiceOptions): HttpService<Omit<PrinterControls, 'raw'>> {
  const attributes = new PrinterAttributes({ model: options.behaviour.attributes, uuid: options.uuid, path });
  const tray = new OutputTray(options.behaviour.paperQuirks ?? {});
  const queue = new PrintQueue({
    now: options.now,
    tray,
    millisecondsPerPage: options.behaviour.millisecondsPerPage ?? 0,
    createTimeOut: (numberOf(attributes.fixed, 'multiple-operation-time-out') ?? 120) * 1000,
  });
  const exchanges: IppExchange[] = [];
  const encoding = (): IppEncoding => options.encoding?.() ?? options.behaviour.encoding ?? 'right';
  const identified: string[] = [];
  let started = options.now();
  const toUpTime = (time: number): number => Math.max(1, Math.floor((time - started) / 1000) + 1);

  const answer = async (received: ReceivedRequest, host: string): Promise<IppAnswer> => {
    checkRequest(received.message, attributes.fixed);
    const operation = operations.get(received.message.code);
    if (!operation) throw new IppRefusal('server-error-operation-not-supported', ippOperationName(received.message.code));
    return await operation({
      request: received.message,
      moment: { host, upTime: toUpTime(options.now()), queue },
      attributes,
      toUpTime,
      receive: async (job, compression) => {
        try {
          return await receiveDocument(job, received.document, compression, () => queue.heldFor(job));
        } catch (error) {
          queue.breakOff(job);
          throw error;
        }
      },
      identify: (actions) => identified.push(...actions.slice(0, 10)),
    });
  };

  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (pathOf(request) !== path && !pathOf(request).startsWith(`${path}/`)) return false;
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/ipp') {
      request.resume();
      response.writeHead(request.method === 'POST' ? 415 : 405, { 'content-length': 0, allow: 'POST' }).end();
      return true;
    }
    let received: ReceivedRequest;
    try {
      received = await receiveRequest(request);
    } catch (error) {
      if (!(error instanceof HwlabError)) throw error;
      note(exchanges, { operation: error.message, status: 'HTTP 400' });
      request.resume();
      response.writeHead(400, { 'content-length': 0 }).end();
      return true;
    }
    const result = await answer(received, hostOf(request)).catch(refusalOf);
    await drain(received.document);
    note(exchanges, { operation: ippOperationName(received.message.code), status: result.status });
    const body = encodeAnswer(received.message.code, responseTo(received.message, result), encoding());
    response.writeHead(200, { 'content-type': 'application/ipp', 'content-length': body.length, 'cache-control': 'no-cache' }).end(body);
    return true;
  };

  return {
    handler,
    controls: {
      get jobs() {
        return queue.jobs.map((job) => job.describe());
      },
      get exchanges() {
        return [...exchanges];
      },
      get identified() {
        return [...identified];
      },
      tray: () => tray.sheets(),
      setPaper: (present) => queue.loadPaper(present ? Infinity : 0),
      loadPaper: (sheets) => queue.loadPaper(sheets),
      jamAfter: (sheets) => queue.jamAfter(sheets),
      clearJam: () => queue.clearJam(),
      hold: (held) => queue.hold(held),
      holdAfterPages: (pages) => queue.holdAfterPages(pages),
      reset: () => {
        tray.empty();
        queue.loadPaper(Infinity);
        queue.clearJam();
        queue.hold(false);
        exchanges.length = 0;
        identified.length = 0;
      },
    },
    reset: () => {
      queue.reset();
      started = options.now();
    },
  };
}

function refusalOf(error: unknown): IppAnswer {
  if (!(error instanceof IppRefusal)) throw error;
  const message = { tag: 'operation', attributes: [strings('status-message', 'textWithoutLanguage', messageOf(error).slice(0, 255))] } as const;
  return { status: error.status, groups: [message, ...(error.unsupported.length > 0 ? [{ tag: 'unsupported', attributes: error.unsupported } as const] : [])] };
}

function responseTo(request: IppMessage, answer: IppAnswer): IppMessage {
  const extra = answer.groups.filter(({ tag }) => tag === 'operation').flatMap(({ attributes }) => attributes);
  const opening = [strings('attributes-charset', 'charset', 'utf-8'), strings('attributes-natural-language', 'naturalLanguage', 'en'), ...extra];
  return {
    version: answer.status === 'server-error-version-not-supported' ? [1, 1] : request.version,
    code: ippStatus[answer.status],
    requestId: request.requestId,
    groups: [{ tag: 'operation', attributes: opening }, ...answer.groups.filter(({ tag }) => tag !== 'operation')],
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}

/** The host and port that the client calls this printer by; they go into the printer's URIs, so nothing else is let through. */
function hostOf(request: IncomingMessage): string {
  const host = request.headers.host ?? '';
  return /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/.test(host) || /^\[[0-9a-fA-F:.]{2,45}\](:\d{1,5})?$/.test(host) ? host : 'localhost';
}

function note(exchanges: IppExchange[], exchange: IppExchange): void {
  exchanges.push(exchange);
  if (exchanges.length > maxExchanges) exchanges.shift();
}
