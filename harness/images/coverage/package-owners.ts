import type { FileTree } from '../disk/file-tree.ts';
import { textOf } from './image-text.ts';

/** Which package a file belongs to, by dpkg's lists in the image. */
export interface PackageOwners {
  /** Name of the package whose list names the file; empty when none does. `/lib/x` and `/usr/lib/x` are the same. */
  ownerOf(path: string): string;
  /** Version of an installed package; empty when it is not installed. */
  versionOf(name: string): string;
  /** How many packages are installed; 0 when the image has no dpkg database. */
  readonly count: number;
}

const infoFolder = '/var/lib/dpkg/info';
const mostListBytes = 64 * 1024 ** 2;

/**
 * Reads dpkg's lists of files (dpkg(1), FILES). Only folders in which drivers lie are kept.
 * @param wanted whether a path can be asked for later
 */
export function readOwners(tree: FileTree, wanted: (path: string) => boolean): PackageOwners {
  const versions = readStatus(textOf(tree, '/var/lib/dpkg/status', mostListBytes));
  const owners = new Map<string, string>();
  let left = 4 * mostListBytes;
  for (const { name, kind } of tree.list(infoFolder)) {
    if (kind !== 'file' || !name.endsWith('.list')) continue;
    const owner = name.slice(0, -'.list'.length).replace(/:[a-z0-9-]+$/, '');
    const list = textOf(tree, `${infoFolder}/${name}`, Math.max(0, Math.min(left, mostListBytes)));
    left -= list.length;
    for (const line of list.split('\n')) {
      const path = merged(line);
      if (wanted(path)) owners.set(path, owner);
    }
  }
  return { ownerOf: (path) => owners.get(merged(path)) ?? '', versionOf: (name) => versions.get(name) ?? '', count: versions.size };
}

/** Since the merge of / and /usr, a list may name either. */
function merged(path: string): string {
  return /^\/(bin|sbin|lib\w*)\//.test(path) ? `/usr${path}` : path;
}

function readStatus(text: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const paragraph of text.split('\n\n')) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1]?.trim() ?? '';
    if (field('Status').endsWith(' installed')) versions.set(field('Package'), field('Version'));
  }
  return versions;
}
