import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../base/places.ts';
import { randomId } from '../../base/random-id.ts';
import type { ControlRun } from './audit-report.ts';

/** Keeps what the runs of controls showed, by key, so that an audit that was cut off goes on, and one that changed nothing takes no time. */
export class AuditStore {
  readonly #folder: string;

  constructor(folder: string = join(cacheFolder(), 'suite-audit')) {
    this.#folder = folder;
  }

  /** The run under a key; undefined when there is none that can be read. */
  async read(key: string): Promise<ControlRun | undefined> {
    try {
      const value = JSON.parse(await readFile(this.#path(key), 'utf8')) as unknown;
      return isRun(value) ? value : undefined;
    } catch {
      // Not there, or half of it: a run costs less than the doubt.
      return undefined;
    }
  }

  async keep(key: string, run: ControlRun): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const draft = join(this.#folder, `${key}.${randomId(8)}.tmp`);
    await writeFile(draft, JSON.stringify(run));
    await rename(draft, this.#path(key));
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

function isRun(value: unknown): value is ControlRun {
  if (typeof value !== 'object' || value === null) return false;
  const { at, seconds, outcome, alive } = value as Record<string, unknown>;
  return typeof at === 'string' && typeof seconds === 'number' && typeof outcome === 'string' && typeof alive === 'object' && alive !== null;
}
