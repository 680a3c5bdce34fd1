import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../harness/base/places.ts';
import { readManifest } from '../harness/images/image-store.ts';
import type { BenchParts } from './bench-parts.ts';
import { median } from './median.ts';
import type { Figure } from './print-figures.ts';

const run = promisify(execFile);
const rounds = 3;
const limits = { coverage: 20, diff: 2 };
/** The image that the measured one is compared with, when the store has it. */
const other = 'debian-13';

/** `hwlab image coverage` of an image that was never read, and `hwlab image diff` after it, each a whole command from its start, beside their limits. */
export async function measureCoverage({ image, deadline, say }: BenchParts): Promise<{ figures: Figure[]; lines: string[] }> {
  const images = [image.id, ...((await readManifest(other)) && other !== image.id ? [other] : [])];
  const figures: Figure[] = [];
  for (const id of images) figures.push(await limited(`coverage of ${id}, read anew`, ['image', 'coverage', id, '--fresh'], limits.coverage));
  if (images.length === 2) figures.push(await limited(`diff of ${images.join(' and ')}`, ['image', 'diff', ...images, '--json'], limits.diff));
  return { figures, lines: images.length === 2 ? [] : [`no diff: ${other} is not in the store`] };

  async function limited(what: string, args: readonly string[], limit: number): Promise<Figure> {
    const seconds: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const started = performance.now();
      // 1 says that something was lost.
      await run(process.execPath, [join(projectRoot, 'harness/cli/main.ts'), ...args], { signal: deadline.signal, maxBuffer: 64 * 1024 ** 2 }).catch((error: { readonly code?: unknown }) => {
        if (error.code !== 1) throw error;
      });
      seconds.push((performance.now() - started) / 1000);
      say(`${what}, ${round} of ${rounds}: ${(seconds.at(-1) ?? NaN).toFixed(2)} s`);
    }
    return { what, ours: median(seconds), theirs: limit, unit: 's', against: 'the limit', goal: { atMost: 1 } };
  }
}
