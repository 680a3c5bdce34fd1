import { readFile, stat } from 'node:fs/promises';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { oneLine } from '../base/one-line.ts';
import type { Shell } from '../capabilities/shell.ts';
import { quote } from '../wire/shell-quote.ts';

/** Packages of a guest that are to be other ones than its image's. */
export interface PackageOrder {
  /** Absolute paths of .deb files of this host. */
  readonly install: readonly string[];
  /** Names of packages. */
  readonly remove: readonly string[];
  /** Boot the guest anew once they are there. */
  readonly reboot: boolean;
}

const folder = '/var/tmp/hwlab-packages';
const mostDeb = 512 * 1024 ** 2;

/** What a maintainer's script may not do here: ask, or wait for a person. The disk is a clone that is thrown away, so that nothing needs to be synced. */
const environment = 'DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true UCF_FORCE_CONFFNEW=1';
const options = '--force-confnew --force-confmiss --force-downgrade --force-unsafe-io --auto-deconfigure';

/**
 * Refuses what cannot be installed before a guest is booted for it.
 * @throws HwlabError usage `no-such-file`, `package-too-large`
 */
export async function checkDebs(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) throw new HwlabError({ code: 'no-such-file', blame: 'usage', message: `${file} is ${found ? 'no file' : 'not there'}`, advice: 'name .deb files' });
    if (found.size > mostDeb) throw new HwlabError({ code: 'package-too-large', blame: 'usage', message: `${file} is larger than ${mostDeb / 1024 ** 2} MiB` });
  }
}

/**
 * Makes the packages of the guest other ones: `.deb` files of this host are installed in one call of dpkg, which orders them and removes what is to go where it
 * is in their way; then the rest of that is removed. udev reads its rules and modprobe's files anew.
 * @throws HwlabError lab `packages-not-installed` with what dpkg said
 */
export async function installPackages(shell: Shell, { install, remove }: Pick<PackageOrder, 'install' | 'remove'>, deadline: Deadline): Promise<void> {
  await checkDebs(install);
  await shell.run(`rm -rf ${folder} && mkdir -p ${folder}`, { deadline });
  for (const [index, file] of install.entries()) await shell.putFile(`${folder}/${index + 1}.deb`, await readFile(file), deadline);
  if (remove.length > 0) await shell.putFile(`${folder}/selections`, Buffer.from(remove.map((name) => `${name} deinstall\n`).join('')), deadline);
  const commands = [
    // Of a new package that conflicts with one that is to go, dpkg takes the old one away, once it knows that nobody wants it.
    ...(install.length > 0 && remove.length > 0 ? [`dpkg --set-selections <${folder}/selections`] : []),
    // By a pattern: one command of thousands of names is more than a shell takes.
    ...(install.length > 0 ? [`${environment} dpkg ${options} -i ${folder}/*.deb`] : []),
    ...(remove.length > 0 ? [`${environment} dpkg --force-unsafe-io --remove ${remove.map(quote).join(' ')}`] : []),
    `rm -rf ${folder}`,
    'if command -v udevadm >/dev/null; then udevadm control --reload; fi',
  ];
  const { exitCode, stdout, stderr } = await shell.run(`{ ${commands.join(' && ')}; } </dev/null`, { deadline, accept: Array.from({ length: 256 }, (_, code) => code) });
  if (exitCode !== 0) throw refused(oneLine(`${stderr}\n${stdout}`.trim().split('\n').filter((line) => /error|depend|conflict|cannot|fail/i.test(line)).slice(0, 4).join('; ') || stderr, 600));
}

function refused(why: string): HwlabError {
  return new HwlabError({ code: 'packages-not-installed', blame: 'lab', message: `the packages were not installed in the guest: ${why}` });
}
