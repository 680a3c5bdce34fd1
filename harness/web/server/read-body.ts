import type { IncomingMessage } from 'node:http';
import { RequestError } from './reply.ts';

/**
 * Reads the body of a request into memory, at most `most` bytes. One that is announced as longer is refused before any of it is read.
 * @throws RequestError 413 `too-large`, 400 `cut-off`
 */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const tooLarge = new RequestError(413, 'too-large', `At most ${Math.floor(most / 1024)} KiB are taken.`);
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge;
  const pieces: Buffer[] = [];
  let held = 0;
  await new Promise<void>((whole, failed) => {
    request.on('data', (piece: Buffer) => {
      held += piece.length;
      if (held <= most) pieces.push(piece);
      else {
        // The connection stays open for the answer that says why.
        request.removeAllListeners('data').pause();
        failed(tooLarge);
      }
    });
    request.once('end', whole);
    request.once('close', () => failed(new RequestError(400, 'cut-off', 'The request broke off.')));
    request.once('error', () => failed(new RequestError(400, 'cut-off', 'The request broke off.')));
  });
  return Buffer.concat(pieces);
}
