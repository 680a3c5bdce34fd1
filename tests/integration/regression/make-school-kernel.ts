import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../../../harness/base/deadline.ts';
import { HwlabError } from '../../../harness/base/hwlab-error.ts';
import { runCommand } from '../../../harness/base/run-command.ts';
import { openSystem } from '../../../harness/images/disk/open-system.ts';
import { openImage } from '../../../harness/images/open-image.ts';
import { readPackages } from '../../../harness/images/packages/installed-packages.ts';
import { repackPackages } from '../../../harness/images/packages/repack.ts';

/** What a virtual machine of the lab starts with and drives a board with; the other four thousand modules take a guest minutes to unpack and to index. */
const kept = /\/kernel\/(arch|crypto|lib|net\/core|fs\/(autofs|binfmt|configfs|efivarfs|ext4|fat|fuse|jbd2|nls)|fs\/[^/]+\.ko|drivers\/(acpi|block|cdrom|char|firmware|hid|input|rtc|tty|usb|virtio)|drivers\/(net|scsi)\/[^/]+\.ko)/;

/**
 * The kernel of an image as a school would build it again for its virtual machines: under a version of its own, with few modules, and without some of them.
 * @param without names of modules, as their files have them
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
  const { stdout } = await runCommand('find', [unpacked, '-name', '*.ko*'], { deadline });
  const modules = stdout.trim().split('\n');
  const isWithout = (path: string): boolean => without.some((name) => path.includes(`/${name}.ko`));
  if (modules.filter(isWithout).length !== without.length) throw new HwlabError({ code: 'no-module', blame: 'harness', message: `${kernel.name} has not the modules ${without.join(', ')}` });
  for (const path of modules) if (!kept.test(path) || isWithout(path)) await rm(path);
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
