import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Deadline } from '../base/deadline.ts';

/** sha256 of a file, hexadecimal. */
export async function hashFile(path: string, deadline: Deadline): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const chunk of stream) {
      if (deadline.expired) throw deadline.error(`hashing ${path}`);
      hash.update(chunk as Buffer);
    }
  } finally {
    stream.destroy();
  }
  return hash.digest('hex');
}
