import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The TypeScript files that run when these files run: themselves, what they import by a relative path, and so on. Imports of types alone and of
 * packages are left out, files that are not there too. Absolute paths, sorted.
 *
 * @param read what is known of files already read: path to the files that it imports. Filled in.
 */
export function importClosure(files: readonly string[], read: Map<string, readonly string[]> = new Map()): readonly string[] {
  const found = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file) || !existsSync(file)) continue;
    found.add(file);
    const imported = read.get(file) ?? importsOf(file);
    read.set(file, imported);
    waiting.push(...imported);
  }
  return [...found].sort();
}

/** `import x from './a.ts'`, `import './a.ts'`, `export * from './a.ts'`, `import('./a.ts')`; the first group says "type". */
const statement = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*\sfrom\s+)?'(\.[^'\n]+\.ts)'|\bimport\(\s*'(\.[^'\n]+\.ts)'/gm;

function importsOf(file: string): readonly string[] {
  const imported: string[] = [];
  for (const [, type, named, asked] of readFileSync(file, 'utf8').matchAll(statement)) {
    const path = named ?? asked;
    if (!type && path !== undefined) imported.push(join(dirname(file), path));
  }
  return imported;
}
