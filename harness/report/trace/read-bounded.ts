import { lstat, open } from 'node:fs/promises';

/** The beginning of a plain file, at most `most` bytes of it; undefined for what is not there or is no plain file (a link is none). */
export async function readBounded(path: string, most: number): Promise<{ readonly bytes: Buffer; readonly size: number } | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  await using file = await open(path);
  const bytes = Buffer.alloc(Math.min(found.size, most));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  return { bytes: bytes.subarray(0, bytesRead), size: found.size };
}
