import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { randomId } from '../../base/random-id.ts';
import type { BootFile } from './boot-file.ts';
import { requestLine, type BootRequest, type BootTransfer } from './boot-log.ts';
import { firstScript, machineScript } from './boot-script.ts';
import { parseRange } from './parse-range.ts';

/** What one machine gets for one run. */
export interface BootRun {
  readonly runId: string;
  /** aa:bb:cc:dd:ee:ff */
  readonly mac: string;
  readonly commandLine: readonly string[];
  readonly files: ReadonlyMap<string, BootFile>;
  /** Mebibytes of the image's disk, for `disk/FROM/COUNT`. */
  readonly disk?: BootFile;
}

export interface ArmedRun {
  readonly requests: readonly BootRequest[];
  readonly transfers: () => readonly BootTransfer[];
  /** Called at each request that ended. */
  onRequest(listener: (request: BootRequest) => void): void;
  disarm(): void;
}

export interface BootServerOptions {
  /** Address of the provisioning network on this host. */
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Where each request leaves a line; not written beyond 16 MiB. */
  readonly logFile?: string;
  /** Requests of one address in a second, 60 when left out; more get 429. A boot makes fewer than twenty, an installation a few hundred in minutes. */
  readonly mostPerSecond?: number;
  /** Requests of a run that are kept, 4000 when left out; of more, the oldest pieces of the disk go. */
  readonly mostKept?: number;
  /** Milliseconds after which a connection on which nothing moves is closed, five minutes when left out: a machine that hung keeps none of the few from the others. */
  readonly idleFor?: number;
}

const mostConnections = 128;
const mostLog = 16 * 2 ** 20;

interface Run extends BootRun {
  readonly token: string;
  readonly requests: BootRequest[];
  readonly transfers: Set<{ -readonly [key in keyof BootTransfer]: BootTransfer[key] }>;
  readonly listeners: ((request: BootRequest) => void)[];
}

/**
 * Serves what machines boot from: one script for all, one for each machine for which a run is armed, and the files of that run under a word that
 * nobody can guess. A machine for which nothing is armed gets 404.
 */
export class BootServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: BootServerOptions;
  readonly #runs = new Map<string, Run>();
  readonly #rates = new Map<string, number>();
  #second = 0;
  #logged = 0;
  #log: Promise<void> = Promise.resolve();

  private constructor(options: BootServerOptions) {
    this.#options = options;
    this.#server = createServer({ maxHeaderSize: 8192, headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 5000 }, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = mostConnections;
    this.#server.setTimeout(options.idleFor ?? 300_000);
  }

  /** @throws HwlabError `boot-server-unavailable`, blame lab */
  static async listen(options: BootServerOptions): Promise<BootServer> {
    const boot = new BootServer(options);
    try {
      await new Promise<void>((resolve, reject) => boot.#server.once('error', reject).listen(options.port, options.host, resolve));
    } catch (cause) {
      throw new HwlabError({ code: 'boot-server-unavailable', blame: 'lab', message: `the boot server cannot listen on ${options.host}:${options.port}: ${messageOf(cause)}`, advice: 'check the address of the provisioning network in the lab file, and that no other hwlab serves it', cause });
    }
    return boot;
  }

  get url(): string {
    return `http://${this.#options.host}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on the machine gets this run; what was armed for it before is gone. */
  arm(run: BootRun): ArmedRun {
    const armed: Run = { ...run, token: randomId(24), requests: [], transfers: new Set(), listeners: [] };
    this.#runs.set(run.mac, armed);
    return {
      requests: armed.requests,
      transfers: () => [...armed.transfers],
      onRequest: (listener) => void armed.listeners.push(listener),
      disarm: () => {
        if (this.#runs.get(run.mac) === armed) this.#runs.delete(run.mac);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#runs.clear();
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await this.#log;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const remote = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const { name, run, file, report } = this.#find(request, remote);
    const ended = { at: performance.now(), name, remote, ...(run ? { mac: run.mac } : {}), ...(report ? { report } : {}) };
    const refuse = (status: number): void => {
      response.writeHead(status, { 'content-length': 0 }).end();
      this.#record({ ...ended, endedAt: performance.now(), status, bytes: 0, total: 0, complete: true }, run);
    };
    if (this.#tooOften(remote)) return refuse(429);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    if (file === undefined) return refuse(404);
    const range = parseRange(request.headers.range, file.size);
    if (range === 'outside') return refuse(416);
    const { start, end } = range ?? { start: 0, end: file.size };
    const total = end - start;
    response.writeHead(range ? 206 : 200, { 'content-length': total, 'accept-ranges': 'bytes', ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${file.size}` } : {}) });
    const transfer = { ...ended, bytes: 0, total, progressAt: performance.now() };
    run?.transfers.add(transfer);
    let complete = request.method === 'HEAD';
    const stream = file.open(start, end);
    try {
      if (complete) response.end();
      else {
        for await (const piece of stream) {
          const bytes = piece as Buffer;
          if (!response.write(bytes)) await drained(response);
          transfer.bytes += bytes.length;
          transfer.progressAt = performance.now();
        }
        complete = transfer.bytes === total;
        if (complete) {
          response.end();
          await finished(response);
        } else response.destroy();
      }
    } catch {
      complete = false;
      response.destroy();
    } finally {
      stream.destroy();
      run?.transfers.delete(transfer);
    }
    this.#record({ ...ended, endedAt: performance.now(), status: range ? 206 : 200, bytes: transfer.bytes, total, complete }, run);
  }

  #find(request: IncomingMessage, remote: string): { readonly name: string; readonly run?: Run; readonly file?: BootFile; readonly report?: Record<string, string> } {
    const url = URL.parse(request.url ?? '/', 'http://boot');
    if (!url) return { name: '' };
    const [first, token, name = '', from = '', count = ''] = url.pathname.slice(1).split('/');
    if (first === 'boot.ipxe') return { name: first, file: textFile(firstScript) };
    if (first === 'machine.ipxe') {
      const run = this.#runs.get((url.searchParams.get('mac') ?? '').replaceAll('-', ':').toLowerCase());
      return run ? { name: first, run, file: textFile(machineScript({ runId: run.runId, base: `${this.url}/r/${run.token}`, commandLine: run.commandLine })), report: told(url) } : { name: first };
    }
    const run = first === 'r' ? [...this.#runs.values()].find((one) => one.token === token) : undefined;
    if (!run || remote === '') return { name: '' };
    if (name === 'report') return { name, run, file: textFile(''), report: told(url) };
    if (name === 'disk') {
      const file = run.disk && sliceOf(run.disk, Number(from) * 2 ** 20, Number(count) * 2 ** 20);
      return { name, run, ...(file ? { file } : {}) };
    }
    const file = run.files.get(name);
    return { name: name.slice(0, 40), run, ...(file ? { file } : {}) };
  }

  #tooOften(remote: string): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#rates.clear();
    }
    const count = (this.#rates.get(remote) ?? 0) + 1;
    this.#rates.set(remote, count);
    return count > (this.#options.mostPerSecond ?? 60);
  }

  #record(request: BootRequest, run: Run | undefined): void {
    const { logFile, mostKept = 4000 } = this.#options;
    // The newest is always kept: it shows that the machine lives, and a report says how it ended. Without a piece of the disk, -1 is the last one.
    if (run && run.requests.length >= mostKept) run.requests.splice(run.requests.findIndex(({ name }) => name === 'disk'), 1);
    run?.requests.push(request);
    for (const listener of run?.listeners ?? []) listener(request);
    const line = requestLine(request, new Date());
    if (logFile === undefined || this.#logged + line.length > mostLog) return;
    this.#logged += line.length;
    this.#log = this.#log.then(async () => appendFile(logFile, line)).catch(() => undefined);
  }
}

/** The parameters of a request, few and short. */
function told(url: URL): Record<string, string> {
  return Object.fromEntries([...url.searchParams].slice(0, 10).map(([key, value]) => [key.slice(0, 40), value.slice(0, 200)]));
}

async function drained(response: ServerResponse): Promise<void> {
  const ended = new AbortController();
  const closed = once(response, 'close', { signal: ended.signal }).then(() => {
    throw new Error('the machine closed the connection');
  });
  try {
    await Promise.race([once(response, 'drain', { signal: ended.signal }), closed]);
  } finally {
    ended.abort();
    closed.catch(() => undefined);
  }
}

function textFile(text: string): BootFile {
  const bytes = Buffer.from(text);
  return { size: bytes.length, open: (start, end) => Readable.from([bytes.subarray(start, end)]) };
}

function sliceOf(file: BootFile, start: number, length: number): BootFile | undefined {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(length) || start < 0 || length <= 0 || start + length > file.size) return undefined;
  return { size: length, open: (from, to) => file.open(start + from, start + to) };
}
