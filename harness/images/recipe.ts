import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { projectRoot } from '../base/places.ts';
import { loadDataFile } from '../db/load-data-file.ts';
import type { ImageRecipe } from '../db/generated/image-recipe.ts';

/** Changes when the builder itself makes another image from the same recipe, along with the script that writes the disk. */
const builderRevision = 'hwlab-builder/2';
const diskScript = join(import.meta.dirname, 'make-disk.sh');

export interface Recipe extends ImageRecipe {
  readonly id: string;
  /** Files laid over the unpacked system. */
  readonly overlay: string;
  /** Script run inside the unpacked system, last. */
  readonly finish: string;
  /** Folder `addition` of the recipe: laid over that, its script run before. */
  readonly added?: { readonly overlay: string; readonly finish: string };
  /** sha256 over the recipe, its overlay and its script, with names and modes. */
  readonly digest: string;
}

/** Reads fixtures/images/<id>. @throws HwlabError `data-missing` or `data-invalid`. */
export async function readRecipe(id: string, fixtures = join(projectRoot, 'fixtures/images')): Promise<Recipe> {
  const file = join(fixtures, id, 'recipe.json');
  const recipe = await loadDataFile<ImageRecipe>(file, 'image-recipe');
  const base = join(fixtures, recipe.base);
  const addition = recipe.addition === undefined ? undefined : join(fixtures, recipe.addition);
  const hash = createHash('sha256').update(builderRevision).update(await readFile(diskScript));
  for (const path of [file, ...(await filesBelow(base)), ...(addition === undefined ? [] : await filesBelow(addition))]) {
    const executable = ((await stat(path)).mode & 0o100) !== 0;
    const content = await readFile(path);
    hash.update(`\0${relative(fixtures, path)}\0${executable ? 'x' : '-'}\0${content.length}\0`).update(content);
  }
  const parts = (folder: string): { overlay: string; finish: string } => ({ overlay: join(folder, 'overlay'), finish: join(folder, 'finish.sh') });
  return { ...recipe, id, ...parts(base), ...(addition === undefined ? {} : { added: parts(addition) }), digest: hash.digest('hex') };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
}
