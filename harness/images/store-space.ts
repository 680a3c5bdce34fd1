import { statfs } from 'node:fs/promises';
import { HwlabError } from '../base/hwlab-error.ts';
import { imagesFolder } from './image-store.ts';

const spare = 512 * 1024 ** 2;

/** Whether so many bytes more have a place in the store, which must be there. @throws HwlabError lab `disk-full` */
export async function checkSpace(bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(imagesFolder());
  const needed = bytes + spare;
  if (bavail * bsize >= needed) return;
  throw new HwlabError({ code: 'disk-full', blame: 'lab', message: `${imagesFolder()} has ${Math.floor((bavail * bsize) / 1e6)} MB free, ${Math.ceil(needed / 1e6)} MB are needed`, advice: 'free some space, or set HWLAB_CACHE to a folder on a larger disk' });
}
