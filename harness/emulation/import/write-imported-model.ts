import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { canonicalJson } from '../../db/canonical-json.ts';
import { replaceSynced } from '../../db/durable-file.ts';
import type { ImportedModel } from './import-model.ts';
import { refusal } from './import-notes.ts';

/** Files that an import writes, by what they are. */
export interface ImportFiles {
  readonly model: string;
  readonly device: string | undefined;
  readonly recording: string | undefined;
}

/**
 * Where the files of an import go: into the checkout, or all into one folder.
 * @param out a folder; undefined is the checkout
 */
export function importFiles({ model, folder, device, recording }: ImportedModel, out: string | undefined, root: string = projectRoot): ImportFiles {
  const place = (inCheckout: string, name: string): string => (out === undefined ? join(root, inCheckout, name) : join(out, name));
  return {
    model: place(join('fixtures/devices', folder), `${model.id}.json`),
    device: device && place('hardware-db/devices', out === undefined ? `${device.id}.json` : `${device.id}.device.json`),
    recording: recording && place('fixtures/recordings', `${model.id}.hid`),
  };
}

/**
 * Writes the model, its recording and the product's record; the model comes last, so that there is never one whose other files are missing.
 * @throws HwlabError usage `model-exists` when one of the files is there, lab when it cannot be written
 */
export async function writeImportedModel(imported: ImportedModel, files: ImportFiles): Promise<void> {
  const written: string[] = [];
  const contents: readonly (readonly [string | undefined, string])[] = [
    [files.recording, imported.recording?.text ?? ''],
    [files.device, imported.device ? canonicalJson(imported.device) : ''],
    [files.model, canonicalJson(imported.model)],
  ];
  for (const [file] of contents) {
    if (file !== undefined && (await stat(file).catch(() => undefined))) throw refusal('model-exists', `${file} is there already`, 'give the model another name with --id, or move the file away', { file });
  }
  try {
    for (const [file, content] of contents) {
      if (file === undefined) continue;
      await mkdir(join(file, '..'), { recursive: true });
      written.push(file);
      await replaceSynced(file, content);
    }
  } catch (error) {
    for (const file of written) await rm(file, { force: true });
    throw error;
  }
}
