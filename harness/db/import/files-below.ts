import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { importLimits } from './importer.ts';

/**
 * The file itself, or the regular files below a folder whose names have one of the endings, sorted. Links are not followed.
 * @throws HwlabError `import-missing` or `import-too-big`, blame `usage`
 */
export function filesBelow(path: string, endings: readonly string[]): readonly string[] {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts) throw new HwlabError({ code: 'import-missing', blame: 'usage', message: `${path}: there is no such file or folder`, advice: 'hwlab db import --help says where each list is installed' });
  if (!facts.isDirectory()) return [path];
  const files: string[] = [];
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) continue;
    if (files.length >= importLimits.files) throw new HwlabError({ code: 'import-too-big', blame: 'usage', message: `${path}: there are more than ${importLimits.files} files in it`, advice: 'import its parts one by one' });
    files.push(join(entry.parentPath, entry.name));
  }
  return files.sort();
}
