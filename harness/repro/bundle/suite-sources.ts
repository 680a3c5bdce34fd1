import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { projectRoot } from '../../base/places.ts';

/** Files of a suite and all that they import of suites/, sorted; the harness itself is every checkout's own. */
export function suiteSources(files: readonly string[], root: string = join(projectRoot, 'suites')): readonly string[] {
  const found = new Set<string>();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file) || !file.startsWith(root + sep) || !existsSync(file)) continue;
    found.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/\bfrom\s+['"](\.[^'"]+)['"]/g)) open.push(resolve(dirname(file), path ?? ''));
  }
  return [...found].sort();
}
