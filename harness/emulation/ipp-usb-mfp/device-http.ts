import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpHandler } from './http-handler.ts';
import type { HttpPersonality } from './ipp-usb-mfp-behaviour.ts';

/** The device's whole HTTP server: its services in turn, with the bad manners of its personality. `powerOn` begins them anew. */
export class DeviceHttp {
  readonly #services: readonly HttpHandler[];
  readonly #personality: HttpPersonality;
  #readyAt = 0;
  #busyLeft = 0;

  constructor(services: readonly HttpHandler[], personality: HttpPersonality) {
    this.#services = services;
    this.#personality = personality;
    this.powerOn();
  }

  powerOn(): void {
    this.#readyAt = performance.now() + (this.#personality.firstAnswerDelay ?? 0);
    this.#busyLeft = this.#personality.busyAnswers ?? 0;
  }

  readonly listener: RequestListener = (request, response) => {
    this.#answer(request, response).catch(() => {
      // A connection that broke in the middle, or a bug: either way this conversation is over; the others go on.
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-length': 0 }).end();
    });
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wait = this.#readyAt - performance.now();
    if (wait > 0) await delay(wait, undefined, { ref: false });
    if (this.#busyLeft > 0) {
      this.#busyLeft -= 1;
      request.resume();
      response.writeHead(503, { 'content-length': 4 }).end('busy');
      return;
    }
    if (!this.#personality.notFound) for (const service of this.#services) if (await service(request, response)) return;
    request.resume();
    response.writeHead(404, { 'content-length': 0 }).end();
  }
}
