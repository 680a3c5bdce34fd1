import { Option, type Command } from 'commander';
import { defaultDatabase } from '../../db/database.ts';
import { openState, releasesFolder } from '../../db/release/load-snapshot.ts';
import { watchStates } from '../../db/release/watch-states.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { watchLines } from '../change-lines.ts';
import { indexProgress } from '../index-progress.ts';
import { interruptSignal } from '../interrupt.ts';
import { readListFile } from '../read-list-file.ts';

interface WatchOptions {
  readonly list: string;
  readonly from: string;
  readonly to: string;
  readonly image: readonly string[];
  readonly releases: string;
  readonly db: string;
  readonly lang: Language;
  readonly json?: boolean;
}

/** `hwlab watch`: what got worse for the devices of a list between two data releases. */
export function registerWatchCommand(program: Command): void {
  program
    .command('watch')
    .description('say what got worse, between two data releases, for the devices of a list that was bought')
    .requiredOption('--list <file>', 'CSV, XLSX or ODS with what was bought, as for check --list')
    .requiredOption('--from <release>', 'data release (file, folder or id), database folder, or git revision')
    .option('--to <release>', 'the same, or "current"', 'current')
    .option('--image <id>', 'only this image; may be given more than once', (id: string, before: readonly string[]) => [...before, id], [] as readonly string[])
    .option('--releases <folder>', 'where releases named by their id are', releasesFolder)
    .option('--db <folder>', 'the current database', defaultDatabase)
    .addOption(new Option('--lang <language>', 'language of the answer').choices(['ru', 'en']).default('ru'))
    .option('--json', 'everything as JSON')
    .addHelpText(
      'after',
      `
Examples:
  ./hwlab watch --list bought.xlsx --from data-2026-09-01 --to data-2026-11-22
  ./hwlab watch --list bought.csv --from data-2026-09-01.tar.gz --image debian-12 --lang en

Exit codes: 0 nothing of the list got worse, 1 something did, 2 the list or a release cannot be read.`,
    )
    .action(async ({ list, from, to, image, releases, db, lang, json }: WatchOptions) => {
      const now = new Date();
      const signal = interruptSignal();
      const { lines } = await readListFile(list);
      await using before = await openState(from, { db, releases });
      await using after = await openState(to, { db, releases });
      const report = await watchStates(lines, before, after, image, { now, progress: indexProgress(), signal });
      if (report.worse.length > 0) process.exitCode = exitCodes.product;
      process.stdout.write(json ? `${JSON.stringify({ from: before.label, to: after.label, ...report }, null, 2)}\n` : `${watchLines(report, before.label, after.label, lang).join('\n')}\n`);
    });
}
