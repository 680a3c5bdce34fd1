import { link, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { cacheFolder } from '../base/places.ts';
import { randomId } from '../base/random-id.ts';
import type { ImageManifest } from './stored-image.ts';

/** Folder of all stored images. */
export function imagesFolder(): string {
  return join(cacheFolder(), 'images');
}

export function imageFolder(id: string): string {
  return join(imagesFolder(), id);
}

/** The manifest of a stored image; undefined if it is not in the cache. @throws HwlabError `image-corrupt` for a manifest that cannot be read. */
export async function readManifest(id: string): Promise<ImageManifest | undefined> {
  const file = join(imageFolder(id), 'manifest.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    const manifest = JSON.parse(text) as Partial<ImageManifest>;
    if (manifest.schema !== 'hwlab/image-manifest/1' || manifest.record?.id !== id || !manifest.files?.disk) throw new Error('not a manifest of this image');
    return manifest as ImageManifest;
  } catch (error) {
    throw new HwlabError({
      code: 'image-corrupt',
      blame: 'lab',
      message: `${file} is damaged`,
      advice: `remove the image and get it again: ./hwlab image rm ${id}`,
      cause: error,
    });
  }
}

/** Ids of all images in the cache, sorted. */
export async function storedIds(): Promise<string[]> {
  const names = await readdir(imagesFolder()).catch(() => []);
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('.lock')).sort();
}

/** A new, empty folder in the store in which an image is put together. */
export async function newDraftFolder(id: string): Promise<string> {
  const folder = join(imagesFolder(), `.draft-${id}-${randomId(8)}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  return folder;
}

/**
 * Writes the manifest into the draft and puts the draft in the place of the image, in one rename. The files of the image that was there
 * stay beside the new ones until the next time: a night that is running goes on with them. Names of files carry their hash.
 */
export async function publishDraft(draft: string, manifest: ImageManifest): Promise<void> {
  const id = manifest.record.id;
  const place = imageFolder(id);
  const before = await readManifest(id).catch(() => undefined);
  const names = new Set(Object.values(manifest.files).map((file) => file.name));
  for (const { name } of Object.values(before?.files ?? {})) {
    if (!names.has(name)) await link(join(place, name), join(draft, name)).catch(() => undefined);
  }
  await writeFile(join(draft, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flush: true });
  const old = join(imagesFolder(), `.draft-${id}-old-${randomId(8)}`);
  await rename(place, old).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  await rename(draft, place);
}
