import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../base/places.ts';
import { damaged, unpackRelease } from './pack-release.ts';
import { sha256Of } from './released-files.ts';
import { verifyFolder } from './verify-release.ts';

/**
 * The folder of a packed release, unpacked once into the cache and verified there.
 * @throws HwlabError `release-damaged`, blame `usage`
 */
export async function openPackedRelease(file: string): Promise<string> {
  const home = join(cacheFolder(), 'releases', await sha256Of(file));
  if (!existsSync(home)) {
    await mkdir(join(home, '..'), { recursive: true });
    const draft = await mkdtemp(`${home}.`);
    try {
      const { problems } = await verifyFolder(await unpackRelease(file, draft));
      if (problems.length > 0) throw damaged(file, `${problems[0] ?? ''}${problems.length > 1 ? `, and ${problems.length - 1} more` : ''}`);
      await rename(draft, home).catch((error: NodeJS.ErrnoException) => {
        // Somebody else was faster; theirs is the same.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } finally {
      // A broken archive may still be being written to when its error is known.
      await rm(draft, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    }
  }
  const [folder] = await readdir(home);
  if (folder === undefined) throw damaged(file, `${home} is empty`);
  return join(home, folder);
}
