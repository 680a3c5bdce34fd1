import { HwlabError } from '../../base/hwlab-error.ts';
import type { FileTree } from '../disk/file-tree.ts';

const mostText = 32 * 1024 ** 2;
const mostFiles = 20_000;
const mostDepth = 8;
const mostFolders = 20_000;

/** Codes of errors that concern one file; any other ends the reading. */
const ofOneFile: ReadonlySet<string> = new Set(['image-damaged', 'image-file-too-long']);

/** A text file of the image; empty when it is missing, too long or damaged: one bad file spoils no reading. */
export function textOf(tree: FileTree, path: string, most = mostText): string {
  return bytesOf(tree, path, most)?.toString('utf8') ?? '';
}

/** A file of the image; undefined when it is missing, too long or damaged. */
export function bytesOf(tree: FileTree, path: string, most = mostText): Buffer | undefined {
  try {
    return tree.read(path, most);
  } catch (error) {
    if (error instanceof HwlabError && ofOneFile.has(error.code)) return undefined;
    throw error;
  }
}

/** Paths of the files and links in a folder, sorted. */
export function filesIn(tree: FileTree, folder: string): readonly string[] {
  return tree.list(folder).flatMap(({ name, kind }) => (kind === 'file' || kind === 'link' ? [`${folder}/${name}`] : []));
}

/** Paths of the files below a folder; links are not followed. */
export function filesBelow(tree: FileTree, folder: string): readonly string[] {
  const found: string[] = [];
  let folders = 0;
  const walk = (here: string, depth: number): void => {
    if ((folders += 1) > mostFolders) return;
    for (const { name, kind } of depth > mostDepth ? [] : tree.list(here)) {
      if (found.length >= mostFiles) return;
      if (kind === 'file') found.push(`${here}/${name}`);
      else if (kind === 'folder') walk(`${here}/${name}`, depth + 1);
    }
  };
  walk(folder, 0);
  return found;
}
