import { createHash, timingSafeEqual } from 'node:crypto';
import { RequestError, type Asked } from './reply.ts';

/**
 * Lets only who has the token pass. Both sides are hashed and compared in constant time, so that neither the length nor the first
 * wrong letter shows.
 * @throws RequestError 403 `read-only` when the server was started without a token, 401 `token-wrong`
 */
export function requireToken({ headers }: Pick<Asked, 'headers'>, token: string | undefined): void {
  if (token === undefined) throw new RequestError(403, 'read-only', 'This server only reads. Start it with a token (HWLAB_TOKEN) to allow changes.');
  const given = /^Bearer ([\x21-\x7e]{1,512})$/.exec(String(headers['authorization'] ?? ''))?.[1] ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(given), digest(token))) throw new RequestError(401, 'token-wrong', 'This needs "Authorization: Bearer TOKEN" with the token of the server.');
}
