import { HwlabError } from '../../base/hwlab-error.ts';
import { readManifest, storedIds } from '../../images/image-store.ts';
import type { ImageManifest } from '../../images/stored-image.ts';
import type { Subject } from './experiment.ts';

/** A stored image, as it stands in time. */
export interface DatedImage {
  readonly id: string;
  readonly sha256: string;
  readonly os: string;
  readonly time: string;
}

/** All stored images. One counts from its release where its record says it, else from when it was brought or built. */
export async function datedImages(): Promise<readonly DatedImage[]> {
  const manifests = await Promise.all((await storedIds()).map(async (id) => readManifest(id).catch(() => undefined)));
  return manifests.filter((each): each is ImageManifest => each !== undefined).map(({ record, files, builtAt }) => ({ id: record.id, sha256: files.disk.sha256, os: record.os, time: record.releasedAt ?? builtAt }));
}

/**
 * The images to search through, the good one first, the bad one last. Between them those of the same system by their time, or those that a person names, in that
 * order. Two that are the same bit for bit count once.
 * @throws HwlabError usage `image-missing`, `same-image`
 */
export function imagesBetween(stored: readonly DatedImage[], good: string, bad: string, named?: readonly string[]): readonly Subject[] {
  const find = (id: string): DatedImage => {
    const found = stored.find((each) => each.id === id);
    if (!found) throw new HwlabError({ code: 'image-missing', blame: 'usage', message: `the image ${id} is not in the cache`, advice: `./hwlab image list; bring it: ./hwlab image add FILE --id ${id}` });
    return found;
  };
  const [first, last] = [find(good), find(bad)];
  if (first.sha256 === last.sha256) throw new HwlabError({ code: 'same-image', blame: 'usage', message: `${good} and ${bad} are the same image, bit for bit (${first.sha256.slice(0, 12)})` });
  const between = named
    ? named.filter((id) => id !== good && id !== bad).map(find)
    : stored.filter(({ os, time }) => os === first.os && os === last.os && time > first.time && time < last.time).toSorted((a, b) => a.time.localeCompare(b.time) || a.id.localeCompare(b.id));
  const unique = [...new Map([first, ...between.filter(({ sha256 }) => sha256 !== last.sha256), last].map((image) => [image.sha256, image])).values()];
  return unique.map(({ id, sha256 }) => ({ image: id, key: sha256.slice(0, 16), label: id }));
}
