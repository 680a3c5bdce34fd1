import { createHash, randomBytes } from 'node:crypto';

/** A server's demand for a digest (RFC 2617, 3.2.1; MD5 and quality `auth`, which is what AMT speaks). */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
}

/** Reads a WWW-Authenticate header; undefined if it asks for anything else. */
export function readChallenge(header: string): DigestChallenge | undefined {
  const digest = /(?:^|,\s*)Digest\s+(.*)$/is.exec(header)?.[1];
  if (digest === undefined) return undefined;
  const field = (name: string): string | undefined => new RegExp(`(?:^|[,\\s])${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(digest)?.slice(1).find((value) => value !== undefined);
  const [realm, nonce, opaque, algorithm, qop] = ['realm', 'nonce', 'opaque', 'algorithm', 'qop'].map(field);
  if (realm === undefined || nonce === undefined) return undefined;
  if (algorithm !== undefined && algorithm.toUpperCase() !== 'MD5') return undefined;
  if (qop === undefined || !qop.split(',').some((one) => one.trim() === 'auth')) return undefined;
  return { realm, nonce, ...(opaque === undefined ? {} : { opaque }) };
}

export interface DigestRequest {
  readonly user: string;
  readonly password: string;
  readonly method: string;
  readonly path: string;
  /** How often this nonce was used, from 1. */
  readonly count: number;
  /** Random by default. */
  readonly clientNonce?: string;
}

/** The Authorization header that answers a challenge. */
export function answerChallenge(challenge: DigestChallenge, request: DigestRequest): string {
  const cnonce = request.clientNonce ?? randomBytes(8).toString('hex');
  const nc = request.count.toString(16).padStart(8, '0');
  const response = digestResponse({ ...challenge, ...request, nc, cnonce });
  const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
  const opaque = challenge.opaque === undefined ? '' : `, opaque=${quoted(challenge.opaque)}`;
  return `Digest username=${quoted(request.user)}, realm=${quoted(challenge.realm)}, nonce=${quoted(challenge.nonce)}, uri=${quoted(request.path)}, response="${response}", qop=auth, nc=${nc}, cnonce="${cnonce}"${opaque}`;
}

/** RFC 2617, 3.2.2.1. */
export function digestResponse(parts: { readonly user: string; readonly realm: string; readonly password: string; readonly method: string; readonly path: string; readonly nonce: string; readonly nc: string; readonly cnonce: string }): string {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  return md5(`${md5(`${parts.user}:${parts.realm}:${parts.password}`)}:${parts.nonce}:${parts.nc}:${parts.cnonce}:auth:${md5(`${parts.method}:${parts.path}`)}`);
}
