import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { NegativeControl } from '../../db/generated/negative-controls.ts';
import type { Cell } from '../cell.ts';
import { importClosure } from './import-closure.ts';

/** What says of every test how it ended, and what every emulated device is made of. The rest of the way to a guest shows in every test of a night. */
const judges = ['harness/base/wait-for.ts', 'harness/run/classify-outcome.ts', 'harness/run/worker/counting-failures.ts', 'harness/run/worker/test-guest.ts', 'harness/emulation/usb-device-core.ts'];

/** The key of a control's cell on an image with this hash. */
export type KeyOf = (cell: Cell, control: NegativeControl, imageSha256: string) => string;

/**
 * Makes keys: names for what the run of a control depends on, which are the control, the broken model, the code of the suite and of the model's
 * emulator with all that they import, what judges every test, and the image. When it is the same as in an earlier audit, the run would be too.
 * 32 hex digits. Sources are read once.
 */
export function controlKeys(root: string = projectRoot): KeyOf {
  const hashes = new Map<string, string>();
  const read = new Map<string, readonly string[]>();
  return (cell, control, imageSha256) => {
    const files = [...cell.suiteFiles, ...judges.map((file) => join(root, file)), ...sourcesIn(join(root, 'harness/emulation', cell.model.emulator))];
    const name = files.join('\n');
    const code = hashes.get(name) ?? sourcesHash(importClosure(files, read), root);
    hashes.set(name, code);
    const parts = [control, cell.model, cell.id.image, cell.id.machine, cell.requirements, imageSha256, code];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  };
}

function sourcesHash(files: readonly string[], root: string): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** The TypeScript in a folder and below, without unit tests; nothing for the machine itself, which has no emulator. */
function sourcesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
