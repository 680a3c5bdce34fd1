import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { oneLine } from '../../base/one-line.ts';
import { projectRoot } from '../../base/places.ts';
import { runCommand } from '../../base/run-command.ts';
import { makeWorkFolder } from '../../machines/machine-folders.ts';
import { loadCatalogue, type Catalogue } from '../../run/catalogue.ts';

/** The commit in what a result says of its harness: `hwlab 0.1.0 3f2a9c1d+changes`. Results are data: nothing else of it is believed. */
export function commitOf(harness: string): string | undefined {
  return /^hwlab \S+ ([0-9a-f]{7,40})(?:\+changes)?$/.exec(harness)?.[1];
}

/**
 * This checkout's catalogue with the suite as it was in a commit. Its files are taken out of git into a folder of their own, where the harness and packages are
 * this checkout's; they are code of this repository's own history and run as such.
 * @param revision of the suite, as the result of then has it
 * @param of whose suite it is, for the error
 * @throws HwlabError usage `old-suite-gone` when git has not that commit, or not that revision in it
 */
export async function withOldSuite(catalogue: Catalogue, suite: string, harness: string, revision: string, deadline: Deadline, of = 'the last good run'): Promise<{ readonly catalogue: Catalogue } & AsyncDisposable> {
  const commit = commitOf(harness);
  const gone = (why: string): HwlabError => new HwlabError({ code: 'old-suite-gone', blame: 'usage', message: `the suite ${suite} of ${of} cannot be had: ${why}` });
  if (commit === undefined) throw gone(`"${harness.slice(0, 80)}" names no commit`);
  const folder = await makeWorkFolder('suite');
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const archive = join(folder, 'suites.tar');
    const { exitCode, stderr } = await runCommand('git', ['-C', projectRoot, 'archive', '--format=tar', '--output', archive, commit, '--', 'suites'], { deadline, accept: [0, 1, 128] });
    if (exitCode !== 0) throw gone(`git has no commit ${commit} (${oneLine(stderr, 200)})`);
    await runCommand('tar', ['-x', '-f', archive, '-C', folder, '--no-same-owner'], { deadline });
    for (const name of ['harness', 'node_modules', 'fixtures', 'hardware-db']) await symlink(join(projectRoot, name), join(folder, name));
    const then = (await loadCatalogue(catalogue.images, folder)).suites.get(suite);
    if (then === undefined) throw gone(`the commit ${commit} has no suite of that name`);
    if (then.revision !== revision) throw gone(`in the commit ${commit} it is ${then.revision}, and not ${revision}: the checkout of then had changes that were not committed`);
    return { catalogue: catalogue.with({ suites: new Map([...catalogue.suites, [suite, then]]) }), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
