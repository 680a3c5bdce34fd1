import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { indexProgress } from '../index-progress.ts';
import { interruptSignal } from '../interrupt.ts';
import { checkedUrl } from '../public-url.ts';

interface SiteFlags {
  readonly db: string;
  readonly publicUrl?: string;
  readonly json?: boolean;
}

/** `hwlab site DIR`: the lookup as files that need no server. */
export function registerSiteCommand(program: Command): void {
  program
    .command('site')
    .description('write the lookup pages as files that need no server: from a disk, a share, or any web server; search included')
    .argument('<folder>', 'an empty folder, or one that an earlier run wrote')
    .option('--db <folder>', 'folder of the database, or of an unpacked data release', defaultDatabase)
    .option('--public-url <url>', 'address under which people will reach it: for the codes on statements')
    .option('--json', 'what was written as JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab site /srv/www/hardware --public-url https://hw.example.org\n  ./hwlab site ./copy && xdg-open ./copy/index.html\n\nExit codes: 0 written, 2 wrong usage or data, 130 interrupted.')
    .action(async (folder: string, { db, publicUrl, json }: SiteFlags) => {
      const [{ writeSite }, { openLookup }] = await Promise.all([import('../../web/site/write-site.ts'), import('../../db/index/open-lookup.ts')]);
      const manifest = join(db, 'manifest.json');
      const release = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly id: string; readonly date: string }) : undefined;
      const now = release === undefined ? new Date() : new Date(`${release.date}T23:59:59.999Z`);
      const signal = interruptSignal();
      const source = await openLookup(await openDatabase(db), { now, progress: indexProgress(), signal });
      try {
        let toldAt = performance.now();
        const files = await writeSite(source, {
          folder,
          publicUrl: publicUrl === undefined ? undefined : checkedUrl(publicUrl),
          release: release?.id,
          now,
          signal,
          progress: (done, of) => {
            if (performance.now() - toldAt < 1000) return;
            toldAt = performance.now();
            process.stderr.write(`hwlab: site: ${done} of ${of} devices\n`);
          },
        });
        process.stdout.write(json ? `${JSON.stringify({ folder, files })}\n` : `${files} files; open ${join(folder, 'index.html')}\n`);
      } finally {
        source.close();
      }
    });
}
