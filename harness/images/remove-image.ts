import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { takeFileLock } from '../base/file-lock.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { readImageRecord } from './catalogue.ts';
import { imageFolder, imagesFolder, storedIds } from './image-store.ts';
import { removeTree } from './remove-tree.ts';

/** Removes an image from the store; its record in hardware-db stays. @throws HwlabError `unknown-image`, `image-missing` */
export async function removeImage(id: string, deadline: Deadline): Promise<void> {
  // A damaged manifest must not keep an image from being removed.
  if (!(await storedIds()).includes(id)) {
    await readImageRecord(id);
    throw new HwlabError({ code: 'image-missing', blame: 'usage', message: `the image ${id} is not in the cache` });
  }
  await using _lock = await takeFileLock(join(imagesFolder(), 'build.lock'), `removes the image ${id}`, deadline);
  await removeTree(imageFolder(id), deadline);
}
