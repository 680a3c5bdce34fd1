import type { DatabaseSync } from 'node:sqlite';
import type { ImageRecord } from '../generated/image.ts';
import { headlineRank, headlines } from '../lookup/headline-rank.ts';
import { freshnessOf, oneStepDown } from '../verdicts/freshness.ts';
import { newerPointReleases } from '../verdicts/newer-point-releases.ts';

/** With what results were made. */
export interface StoredEnvironment {
  readonly kernel: string | null;
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * Gives every answer its place of today: one step down where its evidence has become stale since (VERDICTS.md, 5). Runs after results
 * came in and once a day; the rules are those of `freshnessOf`, asked once for each environment and image, and by the year for age.
 * @param everything else only the devices of `temp.touched`
 */
export function indexFreshness(index: DatabaseSync, now: Date, everything: boolean): void {
  const only = (column: string): string => (everything ? '' : `AND ${column} IN (SELECT device FROM temp.touched)`);
  const images = index.prepare('SELECT id, name, json, environment FROM image').all() as unknown as readonly { id: number; name: string; json: string | null; environment: number | null }[];
  const records = new Map(images.flatMap(({ name, json }) => (json === null ? [] : [[name, JSON.parse(json) as ImageRecord] as const])));
  const environment = (id: number): StoredEnvironment => JSON.parse((index.prepare('SELECT json FROM environment WHERE id = ?').get(id) as { json: string }).json) as StoredEnvironment;
  const yearAgo = new Date(now.getTime() - 365 * 86_400_000).toISOString();
  const today = now.toISOString().slice(0, 10);
  const stepDown = `CASE tested ${headlines.map((name) => `WHEN ${headlineRank[name]} THEN ${headlineRank[oneStepDown[name]]}`).join(' ')} END`;
  const update = index.prepare(`
    UPDATE answer SET rank = CASE WHEN stale THEN down ELSE tested END
    FROM (SELECT a.device AS d, ${stepDown.replaceAll('tested', 'a.tested')} AS down,
            (? OR a.scored_at < ?) AND (v.retired IS NULL OR v.retired > ?) AS stale
          FROM answer a JOIN device v ON v.id = a.device WHERE a.image = ? AND a.environment IS ? ${only('a.device')})
    WHERE device = d AND image = ? AND rank <> CASE WHEN stale THEN down ELSE tested END`);
  for (const image of images) {
    const record = records.get(image.name);
    const newer = record === undefined ? 0 : newerPointReleases(record, records.values(), now);
    const current = image.environment === null ? undefined : environment(image.environment);
    const used = index.prepare(`SELECT DISTINCT environment FROM answer WHERE image = ? ${only('device')}`).all(image.id) as unknown as readonly { environment: number | null }[];
    for (const { environment: id } of used) {
      if (id === null) continue;
      const tested = environment(id);
      const stale =
        freshnessOf({
          testedAt: now.toISOString(),
          now,
          kernel: { tested: tested.kernel ?? undefined, current: current?.kernel ?? undefined },
          packages: { tested: tested.packages, current: current?.packages ?? {} },
          newerPointReleases: newer,
          requiredUntested: false,
          retired: false,
        }) === 'stale';
      update.run(stale ? 1 : 0, yearAgo, today, image.id, id, image.id);
    }
  }
  const unknown = headlineRank['not-tested'];
  index.exec(`
    UPDATE device SET best = b FROM (
      SELECT device.id AS d, COALESCE((SELECT a.rank FROM answer a JOIN image i ON i.id = a.image WHERE a.device = device.id AND a.rank <> ${unknown} ORDER BY i.place LIMIT 1), ${unknown}) AS b FROM device WHERE 1 ${only('device.id')})
    WHERE id = d AND best <> b`);
}
