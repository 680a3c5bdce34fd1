import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CoverageIndex } from '../../db/coverage/coverage-index.ts';
import { hashFile } from '../hash-file.ts';
import { openImage } from '../open-image.ts';
import { cachedCoverage, keepCoverage } from './coverage-cache.ts';
import { readCoverage } from './read-coverage.ts';

export interface ImageCoverageOptions {
  readonly partition?: number;
  /** Read the image even if it was read before. */
  readonly fresh?: boolean;
  readonly now: Date;
  readonly deadline: Deadline;
  readonly progress: (line: string) => void;
}

/**
 * What an image claims, from the cache when it was read before.
 * @param image id of a stored image, or the path of a qcow2 or raw disk (with a `/` in it)
 * @throws HwlabError `image-missing`, and those of `openImage` and `readCoverage`
 */
export async function imageCoverage(image: string, options: ImageCoverageOptions): Promise<CoverageIndex> {
  const { deadline, partition } = options;
  const { disk, sha256, kernel } = image.includes('/') ? await fileAsImage(image, deadline) : await storedImage(image, deadline);
  const known = options.fresh ? undefined : await cachedCoverage(sha256, partition);
  if (known) return known;
  const index = await readCoverage({ ...options, disk, sha256, ...(kernel === undefined ? {} : { kernel }) });
  await keepCoverage(index, partition);
  return index;
}

interface Disk {
  readonly disk: string;
  readonly sha256: string;
  readonly kernel?: string;
}

async function storedImage(id: string, deadline: Deadline): Promise<Disk> {
  const { disk, sha256, manifest } = await openImage(id, deadline);
  return { disk, sha256, ...(manifest.kernel === undefined ? {} : { kernel: manifest.kernel }) };
}

/** A file that is not in the store is only read, by code that trusts nothing in it; its hash is its name. */
async function fileAsImage(path: string, deadline: Deadline): Promise<Disk> {
  const disk = resolve(path);
  const facts = await stat(disk).catch(() => undefined);
  if (!facts?.isFile()) throw new HwlabError({ code: 'image-missing', blame: 'usage', message: `${path} is no file`, advice: 'give the path of a qcow2 or raw disk, or an image of: ./hwlab image list' });
  return { disk, sha256: await hashFile(disk, deadline) };
}
