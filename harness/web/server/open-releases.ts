import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../db/database.ts';
import type { DataRelease } from '../../db/generated/data-release.ts';
import { openLookup } from '../../db/index/open-lookup.ts';
import { loadDataFile } from '../../db/load-data-file.ts';
import type { LookupSource } from '../../db/lookup/lookup-source.ts';

/** A dated release of the data that is served beside the working database, always as on its day. */
export interface ServedRelease {
  /** `data-2026-11-22` */
  readonly id: string;
  /** ISO date */
  readonly date: string;
  readonly source: LookupSource;
}

/** Opens the data releases that lie unpacked in a folder, by id. @throws HwlabError of data that is wrong */
export async function openReleases(folder: string): Promise<ReadonlyMap<string, ServedRelease>> {
  const releases = new Map<string, ServedRelease>();
  if (!existsSync(folder)) return releases;
  for (const name of readdirSync(folder).sort()) {
    const manifest = join(folder, name, 'manifest.json');
    if (!/^data-[0-9a-z-]{1,60}$/.test(name) || !existsSync(manifest)) continue;
    const { date } = await loadDataFile<DataRelease>(manifest, 'data-release');
    const source = await openLookup(await openDatabase(join(folder, name)), { now: new Date(`${date}T23:59:59.999Z`) });
    releases.set(name, { id: name, date, source });
  }
  return releases;
}
