import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import { projectRoot } from '../base/places.ts';
import type { ImageRecord } from '../db/generated/image.ts';
import { loadDataFile } from '../db/load-data-file.ts';
import { readManifest, storedIds } from './image-store.ts';

const recordsFolder = join(projectRoot, 'hardware-db/images');

/** Ids of all images that are known: those of the database and those that were added to this cache. */
export async function listImageIds(): Promise<string[]> {
  const records = (await readdir(recordsFolder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  return [...new Set([...records, ...(await storedIds())])].sort();
}

/**
 * The record of an image, from hardware-db/images, or from the store for images that a user brought.
 * @throws HwlabError `unknown-image` with the near matches, blame `usage`
 */
export async function readImageRecord(id: string): Promise<ImageRecord> {
  const known = await listImageIds();
  if (!known.includes(id)) {
    throw new HwlabError({ code: 'unknown-image', blame: 'usage', message: `there is no image "${id.slice(0, 80)}"${didYouMean(id, known)}`, advice: 'see all: ./hwlab image list' });
  }
  const file = join(recordsFolder, `${id}.json`);
  const stored = await readManifest(id);
  if (stored && stored.record.recipe === undefined) return stored.record;
  const record = await loadDataFile<ImageRecord>(file, 'image');
  if (record.id !== id) throw new HwlabError({ code: 'data-invalid', blame: 'usage', message: `${file}: the record's id is "${record.id}"`, advice: `name the file ${record.id}.json` });
  return record;
}
