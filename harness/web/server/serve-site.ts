import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { databaseState } from '../../db/index/database-state.ts';
import { indexFileOf } from '../../db/index/index-file.ts';
import { openLookup } from '../../db/index/open-lookup.ts';
import type { IndexProgress } from '../../db/index/update-index.ts';
import type { Database } from '../../db/database.ts';
import type { LookupSource } from '../../db/lookup/lookup-source.ts';
import { startServer, type RunningServer } from './http-server.ts';
import type { IndexWorkerAnswer } from './index-worker.ts';
import { openReleases, type ServedRelease } from './open-releases.ts';
import { readAhead } from './read-ahead.ts';
import { loadSiteAssets } from './site-assets.ts';
import { siteErrorReply, siteHandler, type SiteFacts } from './site-handler.ts';
import { warmUp } from './warm-up.ts';

export interface ServeSiteOptions {
  readonly database: Database;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly token: string | undefined;
  readonly log: (line: string) => void;
  readonly progress?: (progress: IndexProgress) => void;
  /** Folder of unpacked data releases. */
  readonly releases?: string;
  /** Milliseconds between two looks at the database. */
  readonly lookEvery?: number;
}

/** Often enough for a database that gains results once a night. */
const usualLook = 30_000;

/** Opens the database and serves it; looks for new data now and then. @throws HwlabError of the data, `address-in-use` */
export async function serveSite({ database, host, port, publicUrl, token, log, progress, releases, lookEvery = usualLook }: ServeSiteOptions): Promise<RunningServer> {
  let source: LookupSource = await openLookup(database, { now: new Date(), ...(progress ? { progress } : {}) });
  let shown = databaseState(database, new Date());
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const state = databaseState(database, new Date());
    if (state === shown) return;
    const answer = await updatedApart(database.folder);
    if ('error' in answer) {
      log(`the data could not be read, the answers stay as they were: ${answer.error}`);
      return;
    }
    const before = source;
    source = await openLookup(database, { now: new Date() });
    shown = state;
    before.close();
    log(`new data, version ${source.about().version}`);
  };
  const refresh = (): Promise<void> => (looking ??= look().finally(() => (looking = undefined)));
  const dated = releases === undefined ? new Map<string, ServedRelease>() : await openReleases(releases);
  const facts: SiteFacts = {
    folder: database.folder,
    releases: dated,
    source: () => source, assets: loadSiteAssets(), token, publicUrl, now: () => new Date(), refresh };
  const server = await startServer(siteHandler(facts), { host, port, log, errorReply: (asked, error) => siteErrorReply(facts, asked, error) });
  const timer = setInterval(() => void refresh().catch((error: unknown) => log(`looking for new data failed: ${String(error)}`)), lookEvery);
  timer.unref();
  const closed = new AbortController();
  const warm = Promise.all([warmUp(() => source, closed.signal), readAhead(indexFileOf(database.folder), closed.signal)]).catch((error: unknown) => log(`the first answers failed: ${String(error)}`));
  return {
    address: server.address,
    close: async () => {
      clearInterval(timer);
      closed.abort();
      await warm;
      await server.close();
      await looking?.catch(() => undefined);
      source.close();
      for (const release of dated.values()) release.source.close();
    },
  };
}

async function updatedApart(folder: string): Promise<IndexWorkerAnswer> {
  const worker = new Worker(new URL('./index-worker.ts', import.meta.url), { workerData: { folder } });
  const [answer] = (await once(worker, 'message')) as [IndexWorkerAnswer];
  await worker.terminate();
  return answer;
}
