import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../base/places.ts';
import { randomId } from '../../base/random-id.ts';
import { coverageReader, type CoverageIndex } from '../../db/coverage/coverage-index.ts';

function fileOf(sha256: string, partition: number | undefined): string {
  return join(cacheFolder(), 'coverage', `${sha256}${partition === undefined ? '' : `-${partition}`}-${coverageReader}.json`);
}

/** What was read of an image before; undefined when it was not, by another version, or the file is damaged. Can be deleted at any time. */
export async function cachedCoverage(sha256: string, partition?: number): Promise<CoverageIndex | undefined> {
  try {
    const index = JSON.parse(await readFile(fileOf(sha256, partition), 'utf8')) as Partial<CoverageIndex>;
    return index.schema === 'hwlab/coverage-index/1' && index.reader === coverageReader && index.sha256 === sha256 ? (index as CoverageIndex) : undefined;
  } catch {
    return undefined;
  }
}

export async function keepCoverage(index: CoverageIndex, partition?: number): Promise<void> {
  const file = fileOf(index.sha256, partition);
  await mkdir(join(cacheFolder(), 'coverage'), { recursive: true });
  const draft = `${file}.${randomId(8)}`;
  await writeFile(draft, JSON.stringify(index));
  await rename(draft, file);
}
