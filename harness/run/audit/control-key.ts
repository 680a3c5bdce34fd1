import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { NegativeControl } from '../../db/generated/negative-controls.ts';
import type { Cell } from '../cell.ts';

/** Code whose change may change what a control shows, beside the suite's own: the emulated devices and the process that runs the tests. */
const harnessFolders = ['harness/emulation', 'harness/wire', 'harness/run/worker'];

/** The key of a control's cell on an image with this hash. */
export type KeyOf = (cell: Cell, control: NegativeControl, imageSha256: string) => string;

/**
 * Makes keys: names for all that the run of a control depends on, which are the control, the broken model, the folders of the suite, the emulation,
 * and the image. When it is the same as in an earlier audit, the run would be too. 32 hex digits. Sources are read once.
 */
export function controlKeys(root: string = projectRoot): KeyOf {
  const hashes = new Map<string, string>();
  const hashOf = (folder: string): string => {
    const hash = hashes.get(folder) ?? sourcesHash(folder, root);
    hashes.set(folder, hash);
    return hash;
  };
  return (cell, control, imageSha256) => {
    const folders = [...new Set(cell.suiteFiles.map((file) => dirname(file))), ...harnessFolders.map((folder) => join(root, folder))];
    const parts = [control, cell.model, cell.id.image, cell.id.machine, cell.requirements, imageSha256, folders.map(hashOf)];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  };
}

/** Of the TypeScript in a folder and below, without unit tests. */
function sourcesHash(folder: string, root: string): string {
  const hash = createHash('sha256');
  for (const file of sources(folder)) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function sources(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
