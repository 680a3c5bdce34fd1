import type { IncomingMessage } from 'node:http';
import { createGunzip, createInflate } from 'node:zlib';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { IppMessage } from '../../wire/ipp/ipp-message.ts';
import { IppParser } from '../../wire/ipp/ipp-parser.ts';
import { IppRefusal } from './ipp-refusal.ts';
import type { PrintJob } from './print-job.ts';

/** An IPP request whose attributes were read; its document is still in the stream. */
export interface ReceivedRequest {
  readonly message: IppMessage;
  /** The bytes behind the attributes, as they come. */
  readonly document: AsyncIterable<Uint8Array>;
}

/** Reads the attributes of a request. @throws HwlabError `ipp-malformed` */
export async function receiveRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const parser = new IppParser();
  const pieces = request[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  for (;;) {
    const next = await pieces.next();
    if (next.done) throw parser.truncated();
    const done = parser.push(next.value);
    if (done) return { message: done.message, document: documentOf(done.rest, pieces) };
  }
}

async function* documentOf(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
}

/** Reads away what is left of a request, so that the connection can be used again. */
export async function drain(document: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of document) void piece;
}

/** Reads the document into the job; `gate` is awaited before each piece. Gives the length after decompression. */
export async function receiveDocument(job: PrintJob, document: AsyncIterable<Uint8Array>, compression: string, gate: () => Promise<void> | undefined): Promise<number> {
  const sink = job.beginDocument();
  const consume = async (pieces: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const piece of pieces) {
      await gate();
      if (!job.ended) sink.push(piece);
    }
  };
  const unpack = compression === 'gzip' ? createGunzip() : compression === 'deflate' ? createInflate() : undefined;
  try {
    if (unpack) await pipeline(Readable.from(document), unpack, consume);
    else await consume(document);
  } catch (error) {
    if (unpack && (error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw new IppRefusal('client-error-bad-request', `the document is not ${compression}`);
    throw error;
  } finally {
    job.endDocument();
  }
  return sink.length;
}
