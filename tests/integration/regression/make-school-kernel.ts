import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../../../harness/base/deadline.ts';
import { HwlabError } from '../../../harness/base/hwlab-error.ts';
import { runCommand } from '../../../harness/base/run-command.ts';
import { openSystem } from '../../../harness/images/disk/open-system.ts';
import { openImage } from '../../../harness/images/open-image.ts';
import { readPackages } from '../../../harness/images/packages/installed-packages.ts';
import { repackPackages } from '../../../harness/images/packages/repack.ts';

/**
 * The kernel of an image as a school would build it again: under a version of its own, and without some modules.
 * @param without names of modules as modinfo says them, with `-` or `_` as their files have it
 * @returns the .deb file and its version
 */
export async function makeSchoolKernel(folder: string, image: string, suffix: string, without: readonly string[], deadline: Deadline): Promise<{ readonly file: string; readonly version: string }> {
  await mkdir(folder, { recursive: true });
  using system = openSystem((await openImage(image, deadline)).disk, deadline);
  const kernel = [...readPackages(system.tree, image).values()].find(({ name }) => /^linux-image-\d/.test(name));
  if (!kernel) throw new HwlabError({ code: 'no-kernel', blame: 'harness', message: `${image} has no package with a kernel` });
  const [packed] = (await repackPackages(system.tree, [kernel], folder, deadline, () => undefined)).values();
  const unpacked = join(folder, 'unpacked');
  await runCommand('dpkg-deb', ['-R', packed ?? '', unpacked], { deadline });
  for (const name of without) {
    const { stdout } = await runCommand('find', [unpacked, '-name', `${name}.ko*`, '-print', '-delete'], { deadline });
    if (stdout.trim() === '') throw new HwlabError({ code: 'no-module', blame: 'harness', message: `${kernel.name} has no module ${name}` });
  }
  const version = `${kernel.version}+${suffix}`;
  const control = join(unpacked, 'DEBIAN/control');
  await writeFile(control, (await readFile(control, 'utf8')).replace(/^Version: .*$/m, `Version: ${version}`));
  await rm(join(unpacked, 'DEBIAN/md5sums'), { force: true });
  const file = join(folder, `${kernel.name}_${version}.deb`);
  await runCommand('dpkg-deb', ['--root-owner-group', '-Znone', '-b', unpacked, file], { deadline });
  await rm(unpacked, { recursive: true });
  await rm(packed ?? '');
  return { file, version };
}
