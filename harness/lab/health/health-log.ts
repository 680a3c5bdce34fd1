import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stateFolder } from '../../base/places.ts';
import type { HealthRecord } from './health-record.ts';

const longestText = 500;
/** Records that are looked at, from the newest: months of nights. */
const mostRecords = 100_000;
/** Bytes that are looked at, from the end; more than that many records have. */
const mostBytes = 64 * 2 ** 20;

export function healthFile(folder: string = stateFolder()): string {
  return join(folder, 'health.jsonl');
}

/** Adds a line and syncs it. Lines of several processes do not mix: each is one write at the end of the file. */
export async function appendHealth(record: HealthRecord, file: string = healthFile()): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const short = record.message === undefined ? record : { ...record, message: record.message.slice(0, longestText) };
  const handle = await open(file, 'a+', 0o600);
  try {
    // A line that a killed process left half written must not swallow this one.
    const { size } = await handle.stat();
    const torn = size > 0 && (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 0x0a;
    await handle.appendFile(`${torn ? '\n' : ''}${JSON.stringify(short)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** All records, oldest first. Lines that are none are left out: a half-written one is no reason to lose the others. */
export async function readHealth(file: string = healthFile()): Promise<readonly HealthRecord[]> {
  const text = await tailOf(file, mostBytes);
  const records = text.split('\n').slice(-mostRecords).flatMap(parsed);
  return records.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** The last bytes of a file; the first line of them may be cut. '' where there is none. */
async function tailOf(file: string, most: number): Promise<string> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, most)), 0, Math.min(size, most), Math.max(0, size - most));
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function parsed(line: string): readonly HealthRecord[] {
  try {
    const value = JSON.parse(line) as Partial<HealthRecord> | null;
    const sound = typeof value?.subject === 'string' && !Number.isNaN(Date.parse(value.at ?? '')) && (value.outcome === 'ok' || value.outcome === 'failed');
    return sound ? [value as HealthRecord] : [];
  } catch {
    return [];
  }
}
