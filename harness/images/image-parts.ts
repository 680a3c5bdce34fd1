import { createHash } from 'node:crypto';
import type { Deadline } from '../base/deadline.ts';
import { bytesOf, filesBelow, filesIn, textOf } from './coverage/image-text.ts';
import { kernelReleases } from './coverage/kernel-claims.ts';
import { openSystem } from './disk/open-system.ts';

/** What two images are compared by beside their packages, each fact by its name; a file by the first digits of its sha256. */
export interface ImageParts {
  readonly system: string;
  readonly kernels: readonly string[];
  readonly packages: Readonly<Record<string, string>>;
  /** Unit files, and which targets want them. */
  readonly services: Readonly<Record<string, string>>;
  readonly udevRules: Readonly<Record<string, string>>;
  /** Modules of the newest kernel, by name. */
  readonly modules: Readonly<Record<string, string>>;
  /** What modules of the newest kernel take, by alias: `usb:v0403p6001...` and the modules. */
  readonly moduleAliases: Readonly<Record<string, string>>;
  /** Settings of the newest kernel's configuration. */
  readonly kernelConfiguration: Readonly<Record<string, string>>;
}

const unitFolders = ['/usr/lib/systemd/system', '/etc/systemd/system'];
const ruleFolders = ['/usr/lib/udev/rules.d', '/etc/udev/rules.d'];
const mostRule = 2 ** 20;
const mostAliases = 16 * 2 ** 20;

/**
 * Reads them from a disk where it lies, without booting it.
 * @throws HwlabError `image-damaged`, `image-layout-unknown`
 */
export function readImageParts(disk: string, deadline: Deadline): ImageParts {
  using system = openSystem(disk, deadline);
  const { tree } = system;
  const kernels = kernelReleases(tree);
  const kernel = kernels.at(-1) ?? '';
  const hash = (path: string): string => createHash('sha256').update(bytesOf(tree, path, mostRule) ?? '').digest('hex').slice(0, 12);
  const services: Record<string, string> = {};
  for (const folder of unitFolders) {
    for (const { name, kind } of tree.list(folder)) {
      if (kind === 'file' && /\.(service|socket|timer|path|mount)$/.test(name)) services[name] = `${folder} ${hash(`${folder}/${name}`)}`;
    }
  }
  for (const { name, kind } of tree.list('/etc/systemd/system')) {
    if (kind !== 'folder' || !/\.(wants|requires)$/.test(name)) continue;
    for (const unit of filesIn(tree, `/etc/systemd/system/${name}`)) services[`${unit.split('/').at(-1) ?? ''} in ${name}`] = 'enabled';
  }
  deadline.check('reading units');
  const rules = ruleFolders.flatMap((folder) => filesIn(tree, folder).filter((path) => path.endsWith('.rules')));
  return {
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(textOf(tree, '/etc/os-release', 65_536))?.[1]?.slice(0, 100) ?? '',
    kernels,
    packages: packagesOf(textOf(tree, '/var/lib/dpkg/status')),
    services,
    udevRules: Object.fromEntries(rules.map((path) => [path, hash(path)])),
    modules: kernel === '' ? {} : Object.fromEntries(filesBelow(tree, `/usr/lib/modules/${kernel}/kernel`).flatMap((path) => [[/([^/]+?)\.ko(\.\w+)?$/.exec(path)?.[1] ?? path, path.replace(`/usr/lib/modules/${kernel}/kernel/`, '').replace(/\.(xz|zst|gz)$/, '')]])),
    moduleAliases: kernel === '' ? {} : aliasesOf(textOf(tree, `/usr/lib/modules/${kernel}/modules.alias`, mostAliases)),
    kernelConfiguration: Object.fromEntries([...textOf(tree, `/boot/config-${kernel}`).matchAll(/^(CONFIG_\w+)=(.{0,200})$/gm)].map(([, name, value]) => [name ?? '', value ?? ''])),
  };
}

/** Lines `alias PATTERN MODULE` of modules.alias(5). */
function aliasesOf(text: string): Record<string, string> {
  const found = new Map<string, Set<string>>();
  for (const [, pattern = '', module = ''] of text.matchAll(/^alias (\S{1,300}) (\S{1,100})$/gm)) found.set(pattern, (found.get(pattern) ?? new Set()).add(module));
  return Object.fromEntries([...found].map(([pattern, modules]) => [pattern, [...modules].sort().join(' ')]));
}

/** Installed packages and their versions of a dpkg status file. */
function packagesOf(status: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const paragraph of status.split('\n\n')) {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const name = field('Package');
    if (name !== undefined && field('Status')?.endsWith(' installed')) found[name] = field('Version') ?? '';
  }
  return found;
}
