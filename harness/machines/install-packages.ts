import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
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
 * Makes the packages of the guest other ones: `.deb` files of this host are installed in one call of dpkg, which orders them, then others are removed. udev
 * reads its rules and modprobe's files anew.
 * @throws HwlabError lab `packages-not-installed` with what dpkg said
 */
export async function installPackages(shell: Shell, { install, remove }: Pick<PackageOrder, 'install' | 'remove'>, deadline: Deadline): Promise<void> {
  const there: string[] = [];
  await shell.run(`mkdir -p ${folder}`, { deadline });
  for (const file of install) {
    const content = await readFile(file);
    if (content.length > mostDeb) throw refused(`${basename(file)} is larger than ${mostDeb / 1024 ** 2} MiB`);
    const path = `${folder}/${there.length + 1}.deb`;
    await shell.putFile(path, content, deadline);
    there.push(path);
  }
  const commands = [
    ...(there.length > 0 ? [`${environment} dpkg ${options} -i ${there.join(' ')}`] : []),
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
