import { resolve } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { openDatabase } from '../db/database.ts';
import { nightIssues } from '../db/night-issues.ts';
import type { Night } from '../db/generated/night.ts';
import type { Result } from '../db/generated/result.ts';
import { readInvestigations } from '../db/investigations.ts';
import type { ResultStore } from '../db/result-store.ts';
import type { NightSummary, PreviousNight } from './night-events.ts';
import { planName } from './plan-name.ts';

/** How many earlier nights are looked through for one of the same plan. */
const looksBack = 50;

/**
 * A night as its database holds it, for writing its reports again. `reports`: the folder that its own folder is relative to.
 * @throws HwlabError usage `night-unknown` with the near matches
 */
export async function storedNight(store: ResultStore, database: string, id: string, reports: string, warn: (message: string) => void): Promise<NightSummary> {
  const record = await store.readNight(id);
  const results = await resultsOf(store, id, warn);
  const before = await previousNight(store, record);
  const investigations = await readInvestigations(database, id);
  const finishedAt = record.finishedAt ?? results.map((result) => result.finishedAt).sort().at(-1) ?? record.startedAt;
  const unfinished = record.finishedAt === undefined && results.length < record.cells.length;
  const stopped = record.stopped ?? (unfinished ? { code: 'night-cut-off', message: 'the night was cut off before all its cells had run' } : undefined);
  return {
    night: {
      id,
      plan: record.plan,
      startedAt: record.startedAt,
      folder: resolve(reports, insideReports(record.folder ?? `nights/${id}`)),
      database,
      cells: record.cells,
      slots: record.slots,
      resumed: false,
      accelerator: record.accelerator === 'kvm' ? 'kvm' : 'tcg',
    },
    finishedAt,
    results,
    exitCode: record.exitCode ?? (results.some((result) => result.outcome === 'FAIL') ? 1 : 3),
    ...(stopped ? { stopped } : {}),
    ...(before ? { before } : {}),
    ...(investigations.length > 0 ? { investigations } : {}),
    issues: nightIssues(results, await (await openDatabase(database)).knownIssues(), new Date(finishedAt)),
  };
}

/** A database is data: the folder it names must lie below the reports. */
function insideReports(folder: string): string {
  if (folder.startsWith('/') || folder.split('/').includes('..')) {
    throw new HwlabError({ code: 'night-folder-outside', blame: 'usage', message: `the record of the night names the folder ${folder}, which is not below the reports`, advice: 'mend "folder" in its night.json in the database' });
  }
  return folder;
}

/** The newest earlier night of the same plan that has results. */
async function previousNight(store: ResultStore, record: Night): Promise<PreviousNight | undefined> {
  const earlier = (await store.nights()).filter((night) => night < record.id).slice(-looksBack).reverse();
  for (const id of earlier) {
    const results = await resultsOf(store, id, () => undefined);
    const [first] = results;
    if (first && planName(first.environment.plan) === planName(record.plan)) {
      return { id, startedAt: (await store.readNight(id).catch(() => undefined))?.startedAt ?? first.startedAt, results };
    }
  }
  return undefined;
}

async function resultsOf(store: ResultStore, night: string, warn: (message: string) => void): Promise<Result[]> {
  const results = new Map<string, Result>();
  for await (const result of store.results({ night }, (bad) => warn(`${bad.file}:${bad.line}: ${bad.reason}`))) results.set(result.id, result);
  return [...results.values()].sort((a, b) => a.id.localeCompare(b.id));
}
