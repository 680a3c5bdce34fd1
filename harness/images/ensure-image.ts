import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { buildImage } from './build-image.ts';
import type { Progress } from './build-progress.ts';
import { readImageRecord } from './catalogue.ts';
import { openImage } from './open-image.ts';
import type { StoredImage } from './stored-image.ts';

/**
 * An image that is ready to boot: built first if it has a recipe and is missing or made from an older recipe, and built again if its
 * files are damaged. The host packages of the group `image` must be there.
 * @throws HwlabError of `openImage` and `buildImage`
 */
export async function ensureImage(id: string, options: { readonly deadline: Deadline; readonly progress: Progress }): Promise<StoredImage> {
  const record = await readImageRecord(id);
  if (record.recipe === undefined) return openImage(id, options.deadline);
  const say: Progress = (line) => options.progress(`image ${id}: ${line}`);
  await buildImage(id, { ...options, progress: say });
  try {
    return await openImage(id, options.deadline);
  } catch (error) {
    if (!(error instanceof HwlabError) || error.code !== 'image-corrupt') throw error;
    say(`${error.message}; building it again`);
    await buildImage(id, { ...options, progress: say, when: 'always' });
    return openImage(id, options.deadline);
  }
}
