import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { projectRoot } from '../../base/places.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { indexProgress } from '../index-progress.ts';
import { integerOption } from '../integer-option.ts';
import { interruptSignal } from '../interrupt.ts';
import { checkedUrl } from '../public-url.ts';

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly db: string;
  readonly releases: string;
  readonly publicUrl?: string;
  readonly json?: boolean;
}

/** `hwlab serve`: the lookup pages and the interface for programs, until it is interrupted. */
export function registerServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve the lookup pages and the REST interface to a browser')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(new Option('--port <number>', 'port to listen on; 0 takes a free one').default(8080).argParser(integerOption('--port', 0, 65535)))
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--releases <folder>', 'unpacked data releases to serve beside it, each under /r/<id>/', join(projectRoot, 'reports/releases'))
    .option('--public-url <url>', 'address under which people reach it: for the codes on statements, https://hw.example.org')
    .option('--json', 'print where it listens as JSON')
    .addHelpText('after', '\nChanges need the token that is in HWLAB_TOKEN when the server starts; without one it only reads.\n\nExamples:\n  ./hwlab serve\n  ./hwlab serve --port 9000 --db /srv/hardware-db --public-url https://hw.example.org\n\nExit codes: 0 ended by Ctrl-C, 2 when the address is taken or there is no database.')
    .action(async (options: ServeOptions) => {
      const { serveSite } = await import('../../web/server/serve-site.ts');
      const running = await serveSite({
        database: await openDatabase(options.db),
        host: options.host,
        port: options.port,
        publicUrl: options.publicUrl === undefined ? undefined : checkedUrl(options.publicUrl),
        token: process.env['HWLAB_TOKEN'] || undefined,
        releases: options.releases,
        progress: indexProgress(),
        log: (line) => void process.stderr.write(`${new Date().toISOString()} ${line}\n`),
      });
      process.stdout.write(options.json ? `${JSON.stringify({ address: running.address })}\n` : `${running.address}/\n`);
      await new Promise<void>((ended) => interruptSignal().addEventListener('abort', () => ended(), { once: true }));
      await running.close();
    });
}
