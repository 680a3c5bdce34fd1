import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ResultStore } from '../db/result-store.ts';
import type { FoundResult } from './find-result.ts';

/** The folder of a result's night with what its cells left; undefined where it is gone. @param reports folders, looked through in this order */
export async function resultFolder({ result, database }: Pick<FoundResult, 'result' | 'database'>, reports: readonly string[]): Promise<string | undefined> {
  const record = database === undefined ? undefined : await ResultStore.open(database).readNight(result.night).catch(() => undefined);
  return reports.map((folder) => join(folder, record?.folder ?? `nights/${result.night}`)).find((folder) => existsSync(folder));
}
