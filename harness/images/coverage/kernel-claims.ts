import type { Deadline } from '../../base/deadline.ts';
import type { FileTree } from '../disk/file-tree.ts';
import type { ClaimBook } from './claim-book.ts';
import { firmwareState, readFirmwareNames } from './firmware-files.ts';
import { bytesOf, textOf } from './image-text.ts';
import { parseAliases, parseBuiltin, parseHalves, plainModule, type KernelAlias } from './kernel-aliases.ts';
import { nameOf, readModules } from './module-firmware.ts';
import type { PackageOwners } from './package-owners.ts';

export const modulesFolder = '/lib/modules';
const mostText = 64 * 1024 ** 2;

/** Releases of the kernels that have modules in the image, the newest last. */
export function kernelReleases(tree: FileTree): readonly string[] {
  const order = new Intl.Collator('en', { numeric: true });
  return tree.list(modulesFolder).filter(({ name, kind }) => kind === 'folder' && /^\d[\w.+~-]*$/.test(name) && tree.sizeOf(`${modulesFolder}/${name}/modules.alias`) !== undefined).map(({ name }) => name).sort(order.compare);
}

/** Adds what the modules of a kernel claim, those built in too, with the firmware they ask for and the package they are in. */
export async function readKernelClaims(tree: FileTree, kernel: string, owners: PackageOwners, book: ClaimBook, deadline: Deadline): Promise<void> {
  const folder = tree.realPath(`${modulesFolder}/${kernel}`) ?? `${modulesFolder}/${kernel}`;
  const text = (name: string, encoding: 'utf8' | 'latin1' = 'utf8'): string => bytesOf(tree, `${folder}/${name}`, mostText)?.toString(encoding) ?? '';
  const aliases = parseAliases(text('modules.alias'));
  const halves = parseHalves(text('modules.dep'), nameOf);
  const { modules, unread } = await readModules(tree, folder, new Set(aliases.flatMap(({ module }) => [module, ...(halves.get(module) ?? [])])), deadline);
  const wantedBy = (module: string): readonly string[] => [...new Set([module, ...(halves.get(module) ?? [])].flatMap((one) => modules.get(one)?.firmware ?? []))];
  if (unread.length > 0) book.note(`${unread.length} kernel modules could not be read for the firmware they want, such as ${unread[0]}`);
  const firmware = readFirmwareNames(tree, kernel);
  const blacklist = readBlacklist(tree);
  const builtin = parseBuiltin(text('modules.builtin.modinfo', 'latin1'));
  const inKernel = owners.ownerOf(`/boot/vmlinuz-${kernel}`) || owners.ownerOf(`${folder}/modules.builtin`);

  const add = (source: string, aliases: readonly KernelAlias[], isBuiltin: boolean): void => {
    for (const [module, own] of Map.groupBy(aliases, (alias) => alias.module)) {
      const file = modules.get(module);
      const state = firmwareState(isBuiltin ? (builtin.firmware.get(module) ?? []) : wantedBy(module), firmware);
      const banned = isBuiltin ? undefined : blacklist.get(module);
      book.claim(
        {
          kind: 'kernel',
          name: module,
          file: isBuiltin ? '' : (file?.path ?? ''),
          package: isBuiltin ? inKernel : file ? owners.ownerOf(file.path) : '',
          source: `${folder}/${source}`,
          ...(state ? { firmware: state } : {}),
          ...(banned === undefined ? (!isBuiltin && !file ? { disabled: 'its file is missing in the image' } : {}) : { disabled: `blacklisted by ${banned}` }),
        },
        own.map(({ pattern }) => pattern),
      );
    }
  };
  add('modules.alias', aliases, false);
  add('modules.builtin.modinfo', builtin.aliases, true);
  add('modules.builtin.alias', parseAliases(text('modules.builtin.alias')), true);
}

/** Modules that are not loaded by alias, and the file that says so (modprobe.d(5)). */
function readBlacklist(tree: FileTree): ReadonlyMap<string, string> {
  const banned = new Map<string, string>();
  for (const folder of ['/usr/lib/modprobe.d', '/lib/modprobe.d', '/etc/modprobe.d']) {
    for (const { name, kind } of tree.list(folder)) {
      if (kind !== 'file' || !name.endsWith('.conf')) continue;
      for (const line of textOf(tree, `${folder}/${name}`, 1024 ** 2).split('\n')) {
        const module = /^\s*blacklist\s+([\w-]+)/.exec(line)?.[1];
        if (module !== undefined) banned.set(plainModule(module), `${folder}/${name}`);
      }
    }
  }
  return banned;
}
