import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import type { Result } from '../db/generated/result.ts';
import { fetchImage, sharedImages } from '../images/fetch-image.ts';
import { readManifest, storedIds } from '../images/image-store.ts';

/**
 * The id under which the image of a result is in the cache now, by its hash.
 * @throws HwlabError usage `image-gone` when no image has that hash any more
 */
export async function imageByHash({ cell, environment }: Result): Promise<string> {
  const here: { readonly id: string; readonly sha256: string }[] = [];
  for (const id of await storedIds()) {
    const manifest = await readManifest(id).catch(() => undefined);
    if (manifest) here.push({ id, sha256: manifest.files.disk.sha256 });
  }
  const same = here.filter(({ sha256 }) => sha256 === environment.imageSha256);
  const found = same.find(({ id }) => id === cell.image) ?? same[0];
  if (found) return found.id;
  const now = here.find(({ id }) => id === cell.image);
  throw new HwlabError({
    code: 'image-gone',
    blame: 'usage',
    message: `the image ${cell.image} with the sha256 ${environment.imageSha256.slice(0, 12)} is gone${now ? `; ${now.id} is now ${now.sha256.slice(0, 12)}` : '; no image of that name is in the cache'}`,
    advice: now ? `run it on the one that is here: image=${now.id}; or say where images are shared: HWLAB_IMAGES=FOLDER or http address` : `say where images are shared (HWLAB_IMAGES=FOLDER or http address), bring it (./hwlab image add FILE --id ${cell.image}), or name another: image=ID`,
  });
}

/**
 * The same, after it was got from where images are shared if it is not in the cache.
 * @throws HwlabError usage `image-gone` when it is nowhere; lab `image-refused` and others of fetchImage
 */
export async function imageWherever(was: Result, deadline: Deadline, progress: (step: string) => void): Promise<string> {
  try {
    return await imageByHash(was);
  } catch (error) {
    const store = sharedImages();
    if (!(error instanceof HwlabError && error.code === 'image-gone') || store === undefined) throw error;
    const got = await fetchImage({ id: was.cell.image, sha256: was.environment.imageSha256 }, store, deadline, progress);
    if (got !== undefined) return got;
    throw new HwlabError({ code: error.code, blame: 'usage', message: `${error.message}, and ${store} has it not`, ...(error.advice === undefined ? {} : { advice: error.advice }), cause: error });
  }
}
