import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { hashFile } from './hash-file.ts';
import { readImageRecord } from './catalogue.ts';
import { imageFolder, readManifest } from './image-store.ts';
import type { ImageFileRole, ImageManifest, StoredFile, StoredImage } from './stored-image.ts';

/** What a file looked like when its hash was last found right; equal again means that it was not written to since. */
interface SeenFile {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
  readonly sha256: string;
}

export interface OpenOptions {
  /** Hash all files again, even those that look untouched. */
  readonly verify?: boolean;
}

/**
 * An image from the store, whose files are what its manifest says: hashed, or untouched (size, times, inode) since they were hashed.
 * @throws HwlabError `unknown-image`, `image-missing` (blame usage), `image-corrupt` (blame lab)
 */
export async function openImage(id: string, deadline: Deadline, options: OpenOptions = {}): Promise<StoredImage> {
  const manifest = (await readManifest(id)) ?? (await missing(id));
  const folder = imageFolder(id);
  const seenFile = join(folder, 'verified.json');
  const seen = await readSeen(seenFile);
  const now: Record<string, SeenFile> = {};
  let hashed = false;
  for (const file of Object.values(manifest.files)) {
    const looks = await lookAt(join(folder, file.name), id);
    const before = seen[file.name];
    const untouched = before !== undefined && !options.verify && JSON.stringify({ ...looks, sha256: file.sha256 }) === JSON.stringify(before);
    if (!untouched) {
      await checkFile(id, join(folder, file.name), file, looks.size, deadline);
      hashed = true;
    }
    now[file.name] = { ...looks, sha256: file.sha256 };
  }
  if (hashed) await writeFile(seenFile, JSON.stringify(now), { mode: 0o600 });
  const path = (role: ImageFileRole): string | undefined => {
    const file = manifest.files[role];
    return file && join(folder, file.name);
  };
  const kernel = path('kernel');
  const initrd = path('initrd');
  return {
    id,
    record: await recordOf(manifest),
    manifest,
    folder,
    disk: join(folder, manifest.files.disk.name),
    sha256: manifest.files.disk.sha256,
    ...(kernel ? { kernel } : {}),
    ...(initrd ? { initrd } : {}),
  };
}

/** The database's record may have been corrected since the image was made; what a user brought has only its own. */
async function recordOf(manifest: ImageManifest): Promise<ImageManifest['record']> {
  return manifest.record.recipe === undefined ? manifest.record : readImageRecord(manifest.record.id);
}

async function missing(id: string): Promise<never> {
  const record = await readImageRecord(id);
  throw new HwlabError({
    code: 'image-missing',
    blame: 'usage',
    message: `the image ${id} is not in the cache`,
    advice: record.recipe === undefined ? `bring its file: ./hwlab image add FILE --id ${id}` : `build it: ./hwlab image build ${id}`,
  });
}

async function lookAt(path: string, id: string): Promise<Omit<SeenFile, 'sha256'>> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path);
    return { size, mtimeMs, ctimeMs, inode: ino };
  } catch (cause) {
    throw corrupt(id, `${path} is missing`, cause);
  }
}

async function checkFile(id: string, path: string, file: StoredFile, size: number, deadline: Deadline): Promise<void> {
  if (size !== file.size) throw corrupt(id, `${path} has ${size} bytes instead of ${file.size}`);
  const found = await hashFile(path, deadline);
  if (found !== file.sha256) throw corrupt(id, `${path} has the sha256 ${found.slice(0, 16)}... instead of ${file.sha256.slice(0, 16)}...`);
}

function corrupt(id: string, what: string, cause?: unknown): HwlabError {
  return new HwlabError({
    code: 'image-corrupt',
    blame: 'lab',
    message: `the image ${id} is damaged: ${what}`,
    advice: `remove it and get it again: ./hwlab image rm ${id}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

async function readSeen(path: string): Promise<Record<string, SeenFile>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, SeenFile>;
  } catch {
    return {};
  }
}
