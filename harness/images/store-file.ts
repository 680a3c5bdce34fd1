import { chmod, rename, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { hashFile } from './hash-file.ts';
import type { StoredFile } from './stored-image.ts';

/** Makes a file of a draft read-only and gives it a name with its hash: `image.qcow2` becomes `image-0123456789abcdef.qcow2`. */
export async function storeFile(draft: string, original: string, deadline: Deadline): Promise<StoredFile> {
  const path = join(draft, original);
  await chmod(path, 0o444);
  const sha256 = await hashFile(path, deadline);
  const ending = extname(original);
  const name = `${original.slice(0, original.length - ending.length)}-${sha256.slice(0, 16)}${ending}`;
  await rename(path, join(draft, name));
  return { name, size: (await stat(join(draft, name))).size, sha256 };
}
