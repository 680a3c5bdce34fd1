import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline } from '../../../harness/base/deadline.ts';
import { writeDeb, type DebMember } from '../../../harness/images/packages/write-deb.ts';

/** Packages of a school's own archive. */
const names = ['school-backgrounds', 'school-bookmarks', 'school-calendar', 'school-dictionary', 'school-exam-clock', 'school-fonts', 'school-lessons', 'school-menu', 'school-policy', 'school-sounds', 'school-usb-power', 'school-wallpaper'] as const;

/** Saves power by a line too many: the driver of USB sticks is never loaded again. */
export const culprit = 'school-usb-power';

const mistake = '# saves power\ninstall usb_storage /bin/false\n';

/**
 * The packages of a release as .deb files: one file each that says the version, and in release 2 the mistake. `school-usb-power` 2 needs `school-policy` 2.
 * @param mended release 3: without the mistake again
 */
export async function makeSchoolPackages(folder: string, release: 1 | 2 | 3, which: readonly string[] = names): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const name of which) {
    const version = `${release}.0`;
    const depends = name === culprit && release > 1 ? 'Depends: school-policy (>= 2.0)\n' : '';
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: The school <school@example.org>\n${depends}Description: ${name} of the school\n`;
    const content: Record<string, string> = { [`usr/share/${name}/release`]: `${version}\n`, ...(name === culprit && release === 2 ? { 'usr/lib/modprobe.d/school-usb-power.conf': mistake } : {}) };
    const file = join(folder, `${name}_${version}_all.deb`);
    await writeDeb(file, [{ name: 'control', content: Buffer.from(control), executable: false }], membersOf(content), Deadline.after(60_000));
    files.push(file);
  }
  return files;
}

function* membersOf(content: Readonly<Record<string, string>>): Generator<DebMember> {
  const common = { uid: 0, gid: 0, mtime: 1_700_000_000 };
  const folders = new Set(Object.keys(content).flatMap((path) => path.split('/').slice(0, -1).map((_part, index, parts) => parts.slice(0, index + 1).join('/'))));
  for (const path of [...folders].sort()) yield { ...common, path: `./${path}/`, type: 'folder', mode: 0o755, size: 0 };
  for (const [path, text] of Object.entries(content)) yield { ...common, path: `./${path}`, type: 'file', mode: 0o644, size: Buffer.byteLength(text), read: () => Buffer.from(text) };
}
