import { createServer, type Server, type Socket } from 'node:net';
import { rm } from 'node:fs/promises';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { holdSocket, removeHold, writeHold, type HoldRecord } from '../../lab/hold-record.ts';
import type { HoldReply, HoldRequest } from './hold-protocol.ts';
import { longestLine } from './hold-protocol.ts';

export interface HoldServerParts {
  readonly record: HoldRecord;
  /** Longest it may be kept altogether, seconds. */
  readonly most: number;
  /** Does a line of the device's prompt. */
  readonly device: (line: string) => Promise<string>;
  /** Ends the hold at once. */
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/**
 * A machine that is kept: its record, its control socket (mode 0600 in a folder of mode 0700) and its time. `ended` resolves with the reason when
 * the time is up, when somebody lets it go, or when the run is interrupted; then record and socket are gone.
 */
export class HoldServer {
  readonly ended: Promise<string>;
  readonly #parts: HoldServerParts;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #end = Promise.withResolvers<string>();
  readonly #since: number;
  #record: HoldRecord;
  #timer: NodeJS.Timeout | undefined;

  private constructor(parts: HoldServerParts) {
    this.#parts = parts;
    this.#record = parts.record;
    this.#since = parts.now();
    this.#server = createServer((socket) => this.#serve(socket));
    this.ended = this.#end.promise.then(async (why) => {
      await this.#close();
      return why;
    });
  }

  static async start(parts: HoldServerParts): Promise<HoldServer> {
    const hold = new HoldServer(parts);
    await writeHold(parts.record);
    const socket = holdSocket(parts.record.id);
    await rm(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      hold.#server.once('error', reject);
      hold.#server.listen(socket, resolve);
    });
    hold.#arm();
    const stop = (): void => hold.#end.resolve('the run was interrupted');
    if (parts.signal.aborted) stop();
    else parts.signal.addEventListener('abort', stop, { once: true });
    return hold;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const left = Date.parse(this.#record.until) - this.#parts.now();
    this.#timer = setTimeout(() => this.#end.resolve('its time was up'), Math.max(0, Math.min(left, 2 ** 31 - 1)));
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    socket.on('error', () => socket.destroy());
    let text = '';
    let work = Promise.resolve();
    socket.setEncoding('utf8');
    socket.on('data', (more: string) => {
      text += more;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line.length > longestLine) {
          socket.destroy();
          return;
        }
        work = work.then(async () => {
          const reply = await this.#answer(line);
          if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
        });
      }
      if (text.length > longestLine) socket.destroy();
    });
  }

  async #answer(line: string): Promise<HoldReply> {
    try {
      return { ok: true, text: await this.#do(JSON.parse(line) as HoldRequest) };
    } catch (error) {
      return { ok: false, message: messageOf(error).slice(0, 4000), ...(error instanceof HwlabError && error.advice !== undefined ? { advice: error.advice } : {}) };
    }
  }

  async #do(request: HoldRequest): Promise<string> {
    switch (request.do) {
      case 'device':
        return await this.#parts.device(String(request.line).slice(0, longestLine));
      case 'extend':
        return await this.#extend(Number(request.minutes));
      case 'release':
        // The answer goes out before the socket does.
        setTimeout(() => this.#end.resolve('it was let go'), 20);
        return 'let go';
      default:
        throw new HwlabError({ code: 'hold-request', blame: 'usage', message: 'this is no request to a kept machine' });
    }
  }

  async #extend(minutes: number): Promise<string> {
    if (!Number.isFinite(minutes) || minutes <= 0) throw new HwlabError({ code: 'hold-request', blame: 'usage', message: 'it is extended by a number of minutes' });
    const wanted = this.#parts.now() + minutes * 60_000;
    const until = Math.min(wanted, this.#since + this.#parts.most * 1000);
    this.#record = { ...this.#record, until: new Date(until).toISOString() };
    await writeHold(this.#record);
    this.#arm();
    return `kept until ${this.#record.until}${until < wanted ? ', the longest that there is' : ''}`;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    for (const socket of this.#open) socket.end();
    this.#server.close();
    await removeHold(this.#record.id);
  }
}
