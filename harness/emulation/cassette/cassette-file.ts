import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { Cassette, CassetteEvent, CassetteHead } from '../../wire/cassette/cassette.ts';
import { mostCassetteBytes, readCassette } from '../../wire/cassette/read-cassette.ts';
import { cassetteEndLine, cassetteHeadLine, cassetteLine } from '../../wire/cassette/write-cassette.ts';

const mostPackedBytes = 128 * 1024 * 1024;

/** A cassette that is being written. The file has its name only when it is whole. */
export interface CassetteWriter {
  append(event: CassetteEvent): void;
  /** Writes the end; tells how many events there are. @throws HwlabError lab `cassette-not-written` */
  end(): Promise<number>;
}

/** Begins a cassette file (JSON lines, gzip). More than 256 MiB of events end it with an error at `end`: nothing is cut silently. */
export function writeCassetteFile(path: string, head: CassetteHead): CassetteWriter {
  const part = `${path}.part`;
  const hash = createHash('sha256');
  const gzip = createGzip({ level: 3 });
  const file = createWriteStream(part, { mode: 0o600 });
  let failure: unknown;
  const failed = (error: Error): void => void (failure ??= error);
  gzip.on('error', failed);
  file.on('error', failed);
  gzip.pipe(file);
  let bytes = 0;
  let events = 0;
  const put = (line: string): void => {
    bytes += Buffer.byteLength(line);
    if (bytes > mostCassetteBytes) failure ??= new Error(`it would have more than ${mostCassetteBytes} bytes; record fewer tests (--test)`);
    if (failure !== undefined) return;
    hash.update(line);
    gzip.write(line);
  };
  put(cassetteHeadLine(head));
  return {
    append: (event) => {
      events += 1;
      put(cassetteLine(event));
    },
    end: async () => {
      try {
        if (failure !== undefined) throw failure as Error;
        gzip.end(cassetteEndLine(events, hash.digest('hex')));
        await finished(file);
        await rename(part, path);
        return events;
      } catch (error) {
        gzip.destroy();
        file.destroy();
        await rm(part, { force: true });
        throw new HwlabError({ code: 'cassette-not-written', blame: 'lab', message: `the cassette ${path} could not be written: ${messageOf(error)}`, cause: error });
      }
    },
  };
}

/** Reads a cassette file, packed or not; `most` is the limit of its bytes, unpacked. @throws HwlabError usage `cassette-...` with the file's name */
export async function readCassetteFile(path: string, most = mostCassetteBytes): Promise<Cassette> {
  try {
    if ((await stat(path)).size > mostPackedBytes) throw new HwlabError({ code: 'cassette-too-big', blame: 'usage', message: `the cassette cannot be used: the file has more than ${mostPackedBytes} bytes` });
    return readCassette(unpack(await readFile(path), most), (bytes) => createHash('sha256').update(bytes).digest('hex'));
  } catch (error) {
    if (error instanceof HwlabError) throw new HwlabError({ code: error.code, blame: 'usage', message: `${path}: ${error.message}`, ...(error.advice === undefined ? {} : { advice: error.advice }), cause: error });
    throw new HwlabError({ code: 'cassette-unreadable', blame: 'usage', message: `${path} cannot be read: ${messageOf(error)}`, cause: error });
  }
}

function unpack(bytes: Buffer, most: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    const tooBig = error instanceof RangeError;
    throw new HwlabError({ code: tooBig ? 'cassette-too-big' : 'cassette-cut', blame: 'usage', message: `the cassette cannot be used: ${tooBig ? `it unpacks to more than ${most} bytes` : `it does not unpack: ${messageOf(error)}`}`, cause: error });
  }
}
