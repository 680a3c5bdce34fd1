import type { Deadline } from '../../base/deadline.ts';
import { unpackXz } from './unpack-xz.ts';

const mostArchive = 64 * 1024 ** 2;
const mostLines = 100_000;

/**
 * The list of an archive of PPDs as pyppd makes them: a Python script that holds base64 of xz of JSON, in which each PPD has
 * [offset, length, lines of the list]. It is read, never run.
 * @returns undefined for any other program
 */
export async function readPpdArchive(script: Buffer | undefined, deadline: Deadline): Promise<readonly string[] | undefined> {
  if (script === undefined || script.length > mostArchive || script.toString('latin1', 0, 2) !== '#!') return undefined;
  const begin = script.indexOf('ppds_compressed_b64 = b"');
  const start = begin + 'ppds_compressed_b64 = b"'.length;
  const end = begin < 0 ? -1 : script.indexOf('"', start);
  if (end < 0) return undefined;
  const lines: string[] = [];
  await unpackXz(
    [{ path: 'archive', data: Buffer.from(script.toString('latin1', start, end), 'base64') }],
    (_path, json) => {
      for (const value of Object.values(parseObject(json))) {
        const own: unknown = Array.isArray(value) ? value[2] : undefined;
        for (const line of Array.isArray(own) ? own : []) if (typeof line === 'string' && lines.length < mostLines) lines.push(line);
      }
    },
    deadline,
  );
  return lines;
}

function parseObject(json: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
