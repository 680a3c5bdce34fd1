import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { projectRoot } from '../base/places.ts';
import { runCommand } from '../base/run-command.ts';

/** `hwlab 0.1.0 3f2a9c1d+changes`: version, commit, and whether the checkout has changes; without git only the version. */
export async function harnessRevision(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  const git = async (args: readonly string[]): Promise<string> => (await runCommand('git', ['-C', projectRoot, ...args], { deadline: Deadline.after(5000) })).stdout.trim();
  try {
    const commit = await git(['rev-parse', '--short=8', 'HEAD']);
    const changed = await git(['status', '--porcelain', '--untracked-files=no', '--', 'harness', 'suites', 'fixtures']);
    return `hwlab ${version} ${commit}${changed ? '+changes' : ''}`;
  } catch {
    return `hwlab ${version}`;
  }
}
