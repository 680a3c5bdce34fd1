import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { create, extract } from 'tar';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';

/** Packs a release's folder as `.tar.gz`; the same files and moment give the same bytes, whoever packs them. */
export async function packRelease(folder: string, file: string, moment: Date): Promise<void> {
  const parent = dirname(folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(parent, join(entry.parentPath, entry.name)));
  await create({ cwd: parent, file, gzip: { level: 9 }, portable: true, mtime: moment, noDirRecurse: true, mode: 0o644 } as Parameters<typeof create>[0] & { file: string }, paths.sort());
}

/**
 * Unpacks a release into an empty folder. Anything but plain files and folders is refused, and so is a name that leads out.
 * @returns the release's folder, the only one at the top
 * @throws HwlabError `release-damaged`, blame `usage`
 */
export async function unpackRelease(file: string, into: string): Promise<string> {
  let refused: string | undefined;
  const tops = new Set<string>();
  try {
    await extract({
      file,
      cwd: into,
      strict: true,
      filter: (path, entry) => {
        const plain = 'type' in entry ? entry.type === 'File' || entry.type === 'Directory' || entry.type === 'OldFile' : true;
        if (!plain || path.startsWith('/') || path.split('/').includes('..')) refused ??= path;
        tops.add(path.split('/')[0] ?? '');
        return refused === undefined;
      },
    });
  } catch (error) {
    throw damaged(file, messageOf(error), error);
  }
  if (refused !== undefined) throw damaged(file, `${JSON.stringify(refused.slice(0, 120))} is no plain file in it`);
  const [top, ...more] = tops;
  if (top === undefined || more.length > 0 || !/^data-[0-9-]+$/.test(top)) throw damaged(file, 'it does not hold one folder data-YYYY-MM-DD');
  return join(into, basename(top));
}

export function damaged(file: string, why: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'release-damaged', blame: 'usage', message: `${file}: no whole data release: ${why}`, advice: 'fetch it again; hwlab db release verify FILE says what is wrong', cause });
}
