import { HwlabError } from '../base/hwlab-error.ts';
import type { Deadline } from '../base/deadline.ts';
import { runCommand } from '../base/run-command.ts';

/** One line a configured package list: address, suite, component, as `apt-get indextargets` prints it with our format. */
export interface PackageList {
  readonly address: string;
  readonly suite: string;
  readonly component: string;
}

/** Suites of Debian itself, told from other archives on the same host by their names. */
const debianSuite = /^(buster|bullseye|bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$/;
const debianSecurity = /^(?:[a-z]+-security|[a-z]+\/updates)$/;

/**
 * The `deb` lines for a Debian suite and for further suites of the same archive (backports), from the mirrors that this host itself is
 * configured for. A further suite that the host has no list of is on the mirror of the suite it belongs to.
 * @throws HwlabError `no-package-mirror` where the host's apt knows no Debian archive.
 */
export function debianSources(lists: readonly PackageList[], suite: string, more: readonly string[] = []): string[] {
  const main = lists.filter((list) => list.component === 'main' && /^(https?|file|copy|ftp|mirror\+\S+):/.test(list.address));
  const archive = main.find((list) => list.suite === suite) ?? main.find((list) => debianSuite.test(list.suite));
  if (!archive) {
    throw new HwlabError({
      code: 'no-package-mirror',
      blame: 'lab',
      message: `apt on this host knows no Debian archive from which ${suite} could be taken`,
      advice: 'add a Debian mirror to /etc/apt/sources.list.d, or bring an image: hwlab image add FILE --id NAME --login root --key KEY',
    });
  }
  const security = main.find((list) => list.suite === `${suite}-security`) ?? main.find((list) => debianSecurity.test(list.suite) && list.address.includes('security'));
  const lines = [`deb ${archive.address} ${suite} main`, `deb ${archive.address} ${suite}-updates main`];
  if (security) lines.push(`deb ${security.address} ${suite}-security main`);
  return [...lines, ...more.map((name) => `deb ${(main.find((list) => list.suite === name) ?? archive).address} ${name} main`)];
}

/** What apt on this host is configured for; needs no `apt-get update`. */
export async function configuredPackageLists(deadline: Deadline): Promise<PackageList[]> {
  const format = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const { stdout } = await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], { deadline });
  return stdout.split('\n').flatMap((line) => {
    const [address, suite, component] = line.split('|');
    return address && suite && component ? [{ address, suite, component }] : [];
  });
}

/** apt options of the host without which its mirrors cannot be read, such as a proxy; the image does not keep them. */
export async function hostAptOptions(deadline: Deadline): Promise<string[]> {
  const { stdout } = await runCommand('apt-config', ['dump'], { deadline });
  const wanted = /^(Acquire::(?:https?::(?:[^ ]*::)?(?:Proxy|CaInfo|Verify-Peer|Verify-Host|Proxy-Auto-Detect)|Check-Valid-Until|Check-Date|Retries)) "[^"]+";$/i;
  return stdout.split('\n').filter((line) => wanted.test(line));
}
