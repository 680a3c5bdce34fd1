import { HwlabError } from '../base/hwlab-error.ts';
import { listImageIds, readImageRecord } from './catalogue.ts';
import { readManifest } from './image-store.ts';
import { readRecipe } from './recipe.ts';

export interface ListedImage {
  readonly id: string;
  readonly os: string;
  readonly version: string;
  readonly boot: string;
  readonly from: 'recipe' | 'file';
  readonly state: 'ready' | 'not built' | 'recipe has changed' | 'damaged';
  readonly kernel: string;
  /** Bytes of all files in the store; 0 if not built. */
  readonly bytes: number;
  readonly sha256: string;
  readonly supportedUntil: string;
}

/** All known images and what the store has of them. */
export async function listImages(): Promise<ListedImage[]> {
  return Promise.all((await listImageIds()).map(describeImage));
}

async function describeImage(id: string): Promise<ListedImage> {
  try {
    const record = await readImageRecord(id);
    const manifest = await readManifest(id);
    const current = record.recipe === undefined || manifest === undefined || manifest.recipe === (await readRecipe(record.recipe)).digest;
    return {
      id,
      os: record.os,
      version: record.version,
      boot: record.boot,
      from: record.recipe === undefined ? 'file' : 'recipe',
      state: manifest === undefined ? 'not built' : current ? 'ready' : 'recipe has changed',
      kernel: manifest?.kernel ?? record.kernel ?? '',
      bytes: Object.values(manifest?.files ?? {}).reduce((sum, file) => sum + file.size, 0),
      sha256: manifest?.files.disk.sha256 ?? '',
      supportedUntil: record.supportedUntil ?? '',
    };
  } catch (error) {
    if (!(error instanceof HwlabError) || error.code !== 'image-corrupt') throw error;
    return { id, os: '', version: '', boot: '', from: 'file', state: 'damaged', kernel: '', bytes: 0, sha256: '', supportedUntil: '' };
  }
}
