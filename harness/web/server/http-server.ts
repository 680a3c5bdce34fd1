import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { readBody } from './read-body.ts';
import { RequestError, type Asked, type Reply } from './reply.ts';
import { securityHeaders } from './security-headers.ts';

/** Answers a request. @throws RequestError for what the asker can mend; anything else is our defect and answered with 500. */
export type Handler = (asked: Asked) => Reply | Promise<Reply>;

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** One line a request, without query, headers and body: they may hold what is nobody's business. */
  readonly log: (line: string) => void;
  /** Makes the answer to an error in the form that the asker understands. */
  readonly errorReply: (asked: Pick<Asked, 'path' | 'headers'>, error: RequestError) => Reply;
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly address: string;
  close(): Promise<void>;
}

/** Milliseconds: a request that has not come whole by then is ended, so that slow ones cannot fill the server. */
const limits = { headers: 10_000, request: 60_000, keepAlive: 5_000, socket: 90_000, linger: 1_000 } as const;
const mostConnections = 512;
const longestTarget = 4096;

/**
 * Listens on one address. Bounded: connections, header size and time, request time, target length; bodies by who reads them.
 * @throws HwlabError `address-in-use` (usage)
 */
export async function startServer(handler: Handler, options: ServerOptions): Promise<RunningServer> {
  const server = createServer({ headersTimeout: limits.headers, requestTimeout: limits.request, keepAliveTimeout: limits.keepAlive, connectionsCheckingInterval: 2_000, maxHeaderSize: 16 * 1024 }, (request, response) => {
    void answer(handler, options, request, response);
  });
  server.maxConnections = mostConnections;
  server.timeout = limits.socket;
  server.maxRequestsPerSocket = 10_000;
  await listen(server, options);
  const { port, address, family } = server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      listening();
    });
  }).catch((error: NodeJS.ErrnoException) => {
    throw new HwlabError({ code: 'address-in-use', blame: 'usage', message: `${host}:${port}: ${error.code === 'EADDRINUSE' ? 'something else listens there' : messageOf(error)}`, advice: 'choose another with --port or --host', cause: error });
  });
}

async function answer(handler: Handler, options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedAt = performance.now();
  const path = pathOf(request.url ?? '/');
  const asked: Asked = {
    method: request.method ?? 'GET',
    path: path ?? '/',
    query: queryOf(request.url ?? '/'),
    headers: request.headers,
    body: (most) => readBody(request, most),
  };
  let reply: Reply;
  try {
    if (path === undefined) throw new RequestError(400, 'bad-address', 'The address cannot be read.');
    reply = await handler(asked);
  } catch (error) {
    if (!(error instanceof RequestError)) options.log(`defect at ${asked.method} ${printable(asked.path)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    reply = options.errorReply(asked, error instanceof RequestError ? error : new RequestError(500, 'internal', 'A defect of hwlab; it was written to the log of the server.'));
  }
  send(reply, asked.method, request, response);
  options.log(`${asked.method} ${printable(asked.path)} ${reply.status} ${(performance.now() - startedAt).toFixed(1)} ms`);
}

function send(reply: Reply, method: string, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed || response.headersSent) return;
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  response.writeHead(reply.status, { ...securityHeaders, 'content-type': reply.type, 'content-length': body.length, 'cache-control': 'no-cache', ...reply.headers, ...(request.complete ? {} : { connection: 'close' }) });
  response.end(method === 'HEAD' ? undefined : body);
  if (!request.complete) endUnread(request);
}

/** A body that nobody wants is thrown away for a moment, so that the asker gets to read the answer, and then cut off. */
function endUnread(request: IncomingMessage): void {
  request.resume();
  const cut = setTimeout(() => request.destroy(), limits.linger);
  cut.unref();
  request.once('close', () => clearTimeout(cut));
}

/** The decoded path; undefined when it is too long, not decodable, or steps up. */
export function pathOf(target: string): string | undefined {
  if (target.length > longestTarget || !target.startsWith('/')) return undefined;
  try {
    const path = decodeURIComponent(target.split('?', 1)[0] ?? '/');
    const steps = path.split('/');
    return steps.includes('..') || steps.includes('.') || /[\u0000-\u001f\\]/.test(path) ? undefined : path; // eslint-disable-line no-control-regex
  } catch {
    return undefined;
  }
}

function queryOf(target: string): URLSearchParams {
  const mark = target.indexOf('?');
  return new URLSearchParams(mark < 0 || target.length > longestTarget ? '' : target.slice(mark + 1));
}

function printable(path: string): string {
  return path.replace(/[^\x21-\x7e]/g, '?').slice(0, 200);
}
