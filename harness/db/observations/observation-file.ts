import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../canonical-json.ts';
import { loadFolder } from '../database.ts';
import { replaceSynced } from '../durable-file.ts';
import type { Observation, Observations } from '../generated/observations.ts';
import { mergeObservations } from './observe.ts';

/** All observations of a database's folder, by image. @throws HwlabError `data-invalid` for a file that is wrong */
export async function readObservations(database: string): Promise<ReadonlyMap<string, readonly Observation[]>> {
  const files = await loadFolder<Observations>(join(database, 'observations'), 'observations');
  return new Map([...files.values()].map(({ image, observations }) => [image, observations]));
}

/** Adds to the file of an image; earlier observations of the same stay when they are newer. */
export async function recordObservations(database: string, image: string, added: readonly Observation[]): Promise<void> {
  const before = (await readObservations(database)).get(image) ?? [];
  const folder = join(database, 'observations');
  await mkdir(folder, { recursive: true });
  await replaceSynced(join(folder, `${image}.json`), canonicalJson({ image, observations: mergeObservations(before, added) }));
}
