import type { Database } from '../../db/database.ts';
import type { LookupSource } from '../../db/lookup/lookup-source.ts';
import { openWholeDatabase } from '../../db/lookup/whole-database-source.ts';
import { startServer, type RunningServer } from './http-server.ts';
import { loadSiteAssets } from './site-assets.ts';
import { siteErrorReply, siteHandler, type SiteFacts } from './site-handler.ts';

export interface ServeSiteOptions {
  readonly database: Database;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly token: string | undefined;
  readonly log: (line: string) => void;
}

/** Opens the database and serves it. @throws HwlabError of the data, `address-in-use` */
export async function serveSite({ database, host, port, publicUrl, token, log }: ServeSiteOptions): Promise<RunningServer> {
  let source: LookupSource = await openWholeDatabase(database, new Date());
  const facts: SiteFacts = {
    source: () => source,
    assets: loadSiteAssets(),
    token,
    publicUrl,
    now: () => new Date(),
    refresh: async () => {
      const before = source;
      source = await openWholeDatabase(database, new Date());
      before.close();
    },
  };
  return await startServer(siteHandler(facts), { host, port, log, errorReply: (asked, error) => siteErrorReply(facts, asked, error) });
}
