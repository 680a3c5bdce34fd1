import type { CoverageDriver } from '../../db/coverage/coverage-index.ts';
import type { FileTree } from '../disk/file-tree.ts';
import type { ClaimBook } from './claim-book.ts';
import { driverlessInterface } from './ipp-usb-files.ts';
import { filesIn, textOf } from './image-text.ts';
import type { PackageOwners } from './package-owners.ts';
import { parseBackendConf, parseDescription, parseDllConf } from './sane-files.ts';

const descriptionFolders = ['/usr/share/sane', '/usr/share/sane/descriptions', '/usr/share/sane-backends', '/usr/share/doc/libsane1/descriptions', '/usr/share/doc/sane-backends'];

/**
 * Adds what SANE's backends claim: by their configuration, by description files where the image has some, and driverless scanning by
 * sane-airscan or escl. What sane-backends compiles into a backend is only in its hwdb, which `readUdevClaims` reads.
 * @returns the package of the driverless backend; empty when there is none
 */
export function readSaneClaims(tree: FileTree, owners: PackageOwners, book: ClaimBook): string {
  const enabled = new Set([...parseDllConf(textOf(tree, '/etc/sane.d/dll.conf')), ...filesIn(tree, '/etc/sane.d/dll.d').flatMap((path) => parseDllConf(textOf(tree, path)))]);
  const libraries = new Map<string, string>();
  for (const folder of libraryFolders(tree)) {
    for (const path of filesIn(tree, folder)) {
      const name = /\/libsane-([\w-]+)\.so(\.\d+)?$/.exec(path)?.[1];
      if (name !== undefined) libraries.set(name, path);
    }
  }
  const driver = (backend: string, source: string): CoverageDriver => {
    const library = libraries.get(backend);
    return {
      kind: 'scanner',
      name: backend,
      file: library ?? '',
      package: library === undefined ? '' : owners.ownerOf(tree.realPath(library) ?? library) || owners.ownerOf(library),
      source,
      ...(library === undefined ? { disabled: 'its library is missing in the image' } : enabled.has(backend) ? {} : { disabled: 'not in /etc/sane.d/dll.conf' }),
    };
  };
  for (const path of filesIn(tree, '/etc/sane.d')) {
    const backend = /\/([\w-]+)\.conf$/.exec(path)?.[1];
    const claims = backend === undefined || backend === 'dll' ? [] : parseBackendConf(textOf(tree, path));
    if (backend !== undefined && claims.length > 0) book.claim(driver(backend, path), claims);
  }
  for (const path of descriptionFolders.flatMap((folder) => filesIn(tree, folder)).filter((file) => file.endsWith('.desc'))) {
    for (const { backend, claims, status } of parseDescription(textOf(tree, path))) if (status !== 'unsupported') book.claim(driver(backend, path), claims);
  }
  const driverless = ['airscan', 'escl'].map((name) => driver(name, '/etc/sane.d/dll.conf')).find(({ disabled }) => disabled === undefined);
  if (driverless) book.claim(driverless, [driverlessInterface]);
  return driverless?.package || (driverless ? driverless.name : '');
}

function libraryFolders(tree: FileTree): readonly string[] {
  return ['/usr/lib', '/usr/lib64'].flatMap((root) => [`${root}/sane`, ...tree.list(root).filter(({ kind }) => kind === 'folder').map(({ name }) => `${root}/${name}/sane`)]);
}
