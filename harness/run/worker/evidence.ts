import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artefact } from '../../db/generated/result.ts';

const largest = 8 * 1024 * 1024;

/** Writes artefacts below one attempt's folder and names them relative to the night's folder. */
export class EvidenceFolder {
  readonly #nightFolder: string;
  readonly #folder: string;
  #count = 0;

  /** `folder` is relative to `nightFolder`. */
  constructor(nightFolder: string, folder: string) {
    this.#nightFolder = nightFolder;
    this.#folder = folder;
  }

  get path(): string {
    return join(this.#nightFolder, this.#folder);
  }

  /** Keeps at most 8 MiB of `content`; the end is cut and marked. */
  async keep(name: string, content: string | Uint8Array, mediaType: string, fileName?: string): Promise<Artefact> {
    this.#count += 1;
    const file = fileName ?? `${String(this.#count).padStart(2, '0')}-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 40)}${endings[mediaType] ?? '.bin'}`;
    await mkdir(this.path, { recursive: true });
    await writeFile(join(this.path, file), content.length > largest ? cut(content) : content);
    return { name, path: join(this.#folder, file), mediaType };
  }
}

const endings: Readonly<Record<string, string>> = {
  'text/plain': '.txt',
  'application/json': '.json',
  'application/jsonl': '.jsonl',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'application/pdf': '.pdf',
};

function cut(content: string | Uint8Array): string | Uint8Array {
  return typeof content === 'string' ? `${content.slice(0, largest)}\n[cut by hwlab]\n` : content.subarray(0, largest);
}
