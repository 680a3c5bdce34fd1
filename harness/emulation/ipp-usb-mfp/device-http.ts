import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpHandler } from './http-handler.ts';
import type { HttpPersonality } from './ipp-usb-mfp-behaviour.ts';

/** The device's whole HTTP server: its services in turn, with the bad manners of its personality. `powerOn` begins them anew. */
export class DeviceHttp {
  readonly #services: readonly HttpHandler[];
  readonly #personality: () => HttpPersonality;
  readonly #atWork = new Set<object>();
  #startedAt = 0;
  #busyLeft = 0;

  constructor(services: readonly HttpHandler[], personality: () => HttpPersonality) {
    this.#services = services;
    this.#personality = personality;
    this.powerOn();
  }

  powerOn(): void {
    this.#startedAt = performance.now();
    this.#busyLeft = this.#personality().busyAnswers ?? 0;
    this.#atWork.clear();
  }

  readonly listener: RequestListener = (request, response) => {
    this.#answer(request, response).catch(() => {
      // A connection that broke in the middle, or a bug: either way this conversation is over; the others go on.
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-length': 0 }).end();
    });
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const manners = this.#personality();
    const wait = Math.max(manners.answerDelay ?? 0, this.#startedAt + (manners.firstAnswerDelay ?? 0) - performance.now());
    if (wait > 0) await delay(wait, undefined, { ref: false });
    if (manners.oneAtATime && !this.#begin(response)) return;
    if (manners.closes) response.setHeader('connection', 'close');
    const fax = pathOf(request) === '/ipp/faxout' ? (manners.fax ?? 'not-found') : undefined;
    if (fax === 'silent') return;
    if (fax === 'cut') return cut(request, response, 503);
    if (performance.now() - this.#startedAt < (manners.cutAnswers ?? 0)) return cut(request, response, pathOf(request).startsWith('/ipp/') ? 503 : 404);
    if (this.#busyLeft > 0) {
      this.#busyLeft -= 1;
      request.resume();
      response.writeHead(503, { 'content-length': 4 }).end('busy');
      return;
    }
    if (!manners.notFound) for (const service of this.#services) if (await service(request, response)) return;
    request.resume();
    response.writeHead(404, { 'content-length': 0 }).end();
  }

  /** False while the other interface is at work. */
  #begin(response: ServerResponse): boolean {
    if (this.#atWork.size > 0) return false;
    this.#atWork.add(response);
    response.once('close', () => this.#atWork.delete(response));
    return true;
  }
}

/** A header that lacks its very last byte, as some firmware sends it while it starts; what comes next on this interface is a new conversation. */
function cut(request: IncomingMessage, response: ServerResponse, status: 404 | 503): void {
  request.resume();
  const { socket } = response;
  request.once('end', () => {
    socket?.write(`HTTP/1.1 ${status} ${status === 503 ? 'Service Unavailable' : 'Not Found'}\r\nContent-Length: 0\r\n\r`, () => socket.destroy());
  });
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}
