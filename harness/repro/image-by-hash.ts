import { HwlabError } from '../base/hwlab-error.ts';
import type { Result } from '../db/generated/result.ts';
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
    advice: now ? `run it on the one that is here: image=${now.id}` : `bring it: ./hwlab image add FILE --id ${cell.image}, or name another: image=ID`,
  });
}
