import type { WantedFirmware } from '../../db/coverage/coverage-index.ts';
import { globMatches } from '../../db/coverage/modalias.ts';
import type { FileTree } from '../disk/file-tree.ts';

const mostFiles = 200_000;
const mostDepth = 12;

/** Names of the firmware files in an image, as modules ask for them, whether packed or not (Linux, Documentation/driver-api/firmware). */
export function readFirmwareNames(tree: FileTree, kernel: string): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const walk = (folder: string, prefix: string, depth: number): void => {
    const real = tree.realPath(folder);
    // Firmware trees have links to folders; each is walked once under each name, and no circle is followed for ever.
    if (real === undefined || depth > mostDepth || seen.has(`${real}\0${prefix}`)) return;
    seen.add(`${real}\0${prefix}`);
    for (const { name, kind } of tree.list(folder)) {
      if (names.size >= mostFiles || seen.size > mostFiles) return;
      const isFolder = kind === 'folder' || (kind === 'link' && tree.sizeOf(`${folder}/${name}`) === undefined);
      if (isFolder) walk(`${folder}/${name}`, `${prefix}${name}/`, depth + 1);
      else if (kind === 'file' || kind === 'link') names.add(`${prefix}${name}`.replace(/\.(xz|zst)$/, ''));
    }
  };
  for (const root of [`/lib/firmware/updates/${kernel}`, '/lib/firmware/updates', `/lib/firmware/${kernel}`, '/lib/firmware']) walk(root, '', 0);
  return names;
}

/** Which of the wanted files are there; a wanted name may be a pattern. */
export function firmwareState(wanted: readonly string[], there: ReadonlySet<string>): WantedFirmware | undefined {
  if (wanted.length === 0) return undefined;
  const isThere = (name: string): boolean => there.has(name) || (/[*?[]/.test(name) && [...there].some((one) => globMatches(name, one)));
  return { present: wanted.filter(isThere), missing: wanted.filter((name) => !isThere(name)) };
}
