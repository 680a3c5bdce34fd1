import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Deadline } from './deadline.ts';
import { HwlabError } from './hwlab-error.ts';

/** What makes a certificate believed: its SHA-256 fingerprint as hex (colons allowed), or the PEM file of the authority that signed it; the system's authorities by default. */
export type Trust = { readonly fingerprint: string } | { readonly authority: string };

export interface PinnedRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly trust?: Trust;
  readonly deadline: Deadline;
}

export interface PinnedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const longestBody = 2 ** 20;

/**
 * One HTTP request to a small device on a connection of its own, that never follows a redirect and takes 1 MiB at most. With https nothing is sent, no
 * password either, before the certificate is believed.
 * @throws HwlabError lab `http-unreachable`, `http-not-trusted`, `http-nonsense`
 */
export async function pinnedRequest(url: URL, options: PinnedRequest): Promise<PinnedAnswer> {
  const what = `${options.method} ${url.origin}${url.pathname}`;
  options.deadline.check(what);
  let socket: Socket | undefined;
  const abandon = (): void => void socket?.destroy();
  options.deadline.signal.addEventListener('abort', abandon, { once: true });
  try {
    socket = await options.deadline.race(what, open(url, options.trust, (made) => (socket = made)));
    return await options.deadline.race(what, exchange(url, options, socket));
  } catch (cause) {
    if (cause instanceof HwlabError && cause.code.startsWith('http-')) throw cause;
    throw new HwlabError({ code: 'http-unreachable', blame: 'lab', retryable: true, message: `${what}: no answer`, cause });
  } finally {
    options.deadline.signal.removeEventListener('abort', abandon);
    socket?.destroy();
  }
}

async function open(url: URL, trust: Trust | undefined, made: (socket: Socket) => void): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (url.protocol !== 'https:') {
    const socket = connectPlain({ host, port });
    made(socket);
    return connected(socket, 'connect');
  }
  const pinned = trust !== undefined && 'fingerprint' in trust;
  const socket = connectTls({
    host,
    port,
    ...(isIP(host) ? {} : { servername: host }),
    // A pinned certificate needs no authority: it is compared below, before the first byte is sent.
    rejectUnauthorized: !pinned,
    ...(trust !== undefined && 'authority' in trust ? { ca: await readFile(trust.authority) } : {}),
  });
  made(socket);
  await connected(socket, 'secureConnect').catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (/CERT|SELF_SIGNED|ALTNAME|VERIFY/.test(code)) throw notTrusted(url, `${code}; it is ${fingerprintOf(socket) ?? 'not known'}`, cause);
    throw cause;
  });
  if (pinned && fingerprintOf(socket) !== plain(trust.fingerprint)) throw notTrusted(url, `it is ${fingerprintOf(socket) ?? 'not there'}, and ${plain(trust.fingerprint)} was expected`);
  return socket;
}

async function connected<T extends Socket>(socket: T, event: 'connect' | 'secureConnect'): Promise<T> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.on('error', () => undefined);
  });
}

function fingerprintOf(socket: TLSSocket): string | undefined {
  // A socket that was closed over its certificate knows none.
  const certificate = socket.getPeerCertificate() as { readonly fingerprint256?: string } | null;
  return certificate?.fingerprint256 === undefined ? undefined : plain(certificate.fingerprint256);
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/^sha256:/i, '').replaceAll(':', '').toLowerCase();
}

function notTrusted(url: URL, why: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'http-not-trusted', blame: 'lab', message: `the certificate of ${url.host} is not believed: ${why}`, advice: 'compare the fingerprint at the machine itself, then write it into the lab file', cause });
}

async function exchange(url: URL, options: PinnedRequest, socket: Socket): Promise<PinnedAnswer> {
  const body = options.body === undefined ? undefined : Buffer.from(options.body);
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(
      { createConnection: () => socket, method: options.method, path: `${url.pathname}${url.search}`, headers: { Host: url.host, Connection: 'close', ...(body === undefined ? {} : { 'Content-Length': body.length }), ...options.headers } },
      resolve,
    );
    sent.once('error', reject);
    sent.end(body);
  }).catch((cause: unknown) => {
    if (String((cause as NodeJS.ErrnoException).code).startsWith('HPE_')) throw new HwlabError({ code: 'http-nonsense', blame: 'lab', message: `${url.host} does not speak HTTP`, cause });
    throw cause;
  });
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > longestBody) throw new HwlabError({ code: 'http-nonsense', blame: 'lab', message: `${url.host} answers with more than ${longestBody} bytes` });
    pieces.push(piece);
  }
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  return { status: message.statusCode ?? 0, headers, body: Buffer.concat(pieces).toString('utf8') };
}
