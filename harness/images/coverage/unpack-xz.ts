import { spawn } from 'node:child_process';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';

/** Most bytes that one file may unpack to. */
export const mostUnpacked = 96 * 1024 ** 2;
const batchBytes = 32 * 1024 ** 2;
const mostFailures = 32;

export interface PackedFile {
  readonly path: string;
  readonly data: Buffer;
}

/**
 * Unpacks many small .xz files with few runs of the host's `xz`, two at a time: it goes on through streams that follow each other, and the
 * index of each says how long it is.
 * @param take called with each file that could be unpacked, in no order
 * @returns the paths of those that could not
 */
export async function unpackXz(files: Iterable<PackedFile>, take: (path: string, data: Buffer) => void, deadline: Deadline): Promise<readonly string[]> {
  const failed: string[] = [];
  const running = new Set<Promise<void>>();
  let failures = 0;
  const run = async (batch: readonly SizedFile[]): Promise<void> => {
    deadline.check('unpacking kernel modules');
    const unpacked = failures >= mostFailures ? undefined : await unpackBatch(batch, deadline);
    if (unpacked !== undefined) {
      let at = 0;
      for (const { path, size } of batch) take(path, unpacked.subarray(at, (at += size)));
    } else if (batch.length === 1 || failures >= mostFailures) {
      failures += 1;
      failed.push(...batch.map(({ path }) => path));
    } else {
      // One damaged file spoils its batch.
      const half = Math.ceil(batch.length / 2);
      await run(batch.slice(0, half));
      await run(batch.slice(half));
    }
  };
  let batch: SizedFile[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    if (running.size >= 2) await Promise.race(running);
    const task: Promise<void> = run(batch).finally(() => running.delete(task));
    running.add(task);
    batch = [];
    bytes = 0;
  };
  for (const { path, data } of files) {
    const size = unpackedSize(data);
    if (size === undefined || size > mostUnpacked) {
      failed.push(path);
      continue;
    }
    batch.push({ path, data, size });
    bytes += size;
    if (bytes >= batchBytes) await flush();
  }
  await flush();
  await Promise.all(running);
  return failed.sort();
}

interface SizedFile extends PackedFile {
  readonly size: number;
}

/** The whole batch unpacked, in a buffer of just that length; undefined when it is damaged or gives another length. */
async function unpackBatch(batch: readonly SizedFile[], deadline: Deadline): Promise<Buffer | undefined> {
  const unpacked = Buffer.allocUnsafe(batch.reduce((sum, { size }) => sum + size, 0));
  const child = spawn('xz', ['--decompress', '--stdout', '--memlimit-decompress=128MiB', '--no-warn'], { stdio: ['pipe', 'pipe', 'ignore'], signal: deadline.signal });
  let at = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    if (at + chunk.length > unpacked.length) child.kill('SIGKILL');
    else at += chunk.copy(unpacked, at);
  });
  // xz ends early on damaged input; what is still to be written then has no reader.
  child.stdin.on('error', () => undefined);
  for (const { data } of batch) child.stdin.write(data);
  child.stdin.end();
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).catch((error: unknown) => {
    if (deadline.signal.aborted) throw deadline.error('unpacking kernel modules');
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new HwlabError({ code: 'command-missing', blame: 'lab', message: 'xz is not installed, and the image has files packed with it', advice: 'install xz-utils', cause: error });
    throw error;
  });
  return code === 0 && at === unpacked.length ? unpacked : undefined;
}

/** How long a file of one xz stream is unpacked, by its index (The .xz File Format 1.2, 2.1.2 and 4); undefined when it is no such file. */
export function unpackedSize(data: Buffer): number | undefined {
  if (data.length < 32 || data.readUIntBE(0, 6) !== 0xfd377a585a00 || data.toString('latin1', data.length - 2) !== 'YZ') return undefined;
  const indexSize = (data.readUInt32LE(data.length - 8) + 1) * 4;
  let at = data.length - 12 - indexSize;
  if (at < 12 || data[at] !== 0) return undefined;
  at += 1;
  const number = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 7; shift += 1) {
      const byte = data[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if ((byte & 0x80) === 0) return value;
    }
    return undefined;
  };
  const records = number();
  if (records === undefined || records > 10_000) return undefined;
  let total = 0;
  for (let record = 0; record < records; record += 1) {
    const padded = number();
    const plain = number();
    if (padded === undefined || plain === undefined) return undefined;
    total += plain;
  }
  return total;
}
