import type { Command } from 'commander';
import { resolve } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { ResultStore } from '../../db/result-store.ts';
import { writeReports } from '../../report/attach-sinks.ts';
import { coloursWanted, oneLine, paint } from '../../report/console/paint.ts';
import { summaryJson } from '../../report/console/summary-json.ts';
import { summaryText } from '../../report/console/summary-text.ts';
import { storedNight } from '../../report/stored-night.ts';

interface ReportOptions {
  readonly db: string;
  readonly reports: string;
  readonly json?: boolean;
}

/** `hwlab report NIGHT`: writes all reports of a night again, from its results. */
export function registerReportCommand(program: Command): void {
  program
    .command('report [night]')
    .description('write all reports of a night again from its results, and print its summary (default: the newest night)')
    .option('--db <folder>', 'the database that holds the night', resolve(projectRoot, 'hardware-db'))
    .option('--reports <folder>', 'the folder of the reports', resolve(projectRoot, 'reports'))
    .option('--json', 'print one JSON object instead of the summary')
    .addHelpText(
      'after',
      `
Examples:
  ./hwlab report                          the newest night
  ./hwlab report 20261122-031500-k3xq     after installing Java, to get its Allure report

Exit codes: 0 the reports are written, 2 there is no such night.`,
    )
    .action(async (night: string | undefined, options: ReportOptions) => {
      await using store = ResultStore.open(resolve(options.db));
      const warn = (message: string, advice?: string): void => void process.stderr.write(`warning: ${oneLine(message, 400)}${advice ? `\n         ${oneLine(advice, 400)}` : ''}\n`);
      const id = night ?? (await store.nights()).at(-1) ?? 'newest';
      const summary = await storedNight(store, resolve(options.db), id, resolve(options.reports), warn);
      const reports = await writeReports(summary, warn);
      const colours = coloursWanted(process.stdout.isTTY === true, process.env);
      process.stdout.write(options.json ? `${JSON.stringify(summaryJson(summary, reports), null, 2)}\n` : summaryText(summary, reports, paint(colours)));
    });
}
