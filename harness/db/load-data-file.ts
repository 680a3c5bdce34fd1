import { readFile, stat } from 'node:fs/promises';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { parseData } from './parse-data.ts';
import { longestDataFile } from './parse-yaml-or-json.ts';

/**
 * Reads, parses and validates a JSON or YAML file (by its ending).
 * @param schema name of the schema: `plan`, `profile`, `device`, `emulated-model`, `emulators/usb-printer`, ...
 * @throws HwlabError `data-missing`, `data-syntax` or `data-invalid`, blame `usage`.
 */
export async function loadDataFile<T>(path: string, schema: string): Promise<T> {
  return parseData<T>(path, await readDataFile(path), schema);
}

/** The text of a data file, checked to be a regular UTF-8 file of sane length. */
export async function readDataFile(path: string): Promise<string> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new Error('not a file');
    if (facts.size > longestDataFile) throw new Error(`longer than ${longestDataFile} bytes`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new HwlabError({
      code: missing ? 'data-missing' : 'data-unreadable',
      blame: 'usage',
      message: missing ? `${path}: no such file` : `${path}: cannot be read: ${messageOf(error)}`,
      advice: 'check the name and the permissions of the file',
      facts: { file: path },
      cause: error,
    });
  }
}
