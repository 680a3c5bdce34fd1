import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../harness/base/places.ts';

const left = ['.git', 'reports', 'docs', 'tests', 'bench'];
const author = ['-c', 'user.name=The school', '-c', 'user.email=school@example.org', '-c', 'commit.gpgsign=false'];

/** This checkout as it is now, with its packages and without its results, in a folder of its own: what runs there may be changed. */
export async function copyCheckout(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(projectRoot)) {
    if (name === 'node_modules') await symlink(join(projectRoot, name), join(folder, name));
    // The launcher takes a lock file that is newer than the packages for a changed one.
    else if (!left.includes(name)) await cp(join(projectRoot, name), join(folder, name), { recursive: true, preserveTimestamps: true, filter: (path) => !path.includes('hardware-db/results') });
  }
  return folder;
}

/** Commits all that the copy has, as the first commit or the next one. */
export function commitAll(checkout: string, message: string): void {
  const git = (...args: readonly string[]): unknown => execFileSync('git', ['-C', checkout, ...author, ...args], { stdio: 'pipe' });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

/** Changes a text file of the copy. `from` has to be in it: else a test that changes nothing would go on as if it had. */
export async function edit(checkout: string, path: string, from: string | RegExp, to: string): Promise<void> {
  const before = await readFile(join(checkout, path), 'utf8');
  const after = before.replace(from, () => to);
  if (after === before) throw new Error(`${path} has no ${String(from)}`);
  await writeFile(join(checkout, path), after);
}
