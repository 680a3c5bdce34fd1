import type { Command } from 'commander';
import { defaultDatabase } from '../../db/database.ts';
import { importFacts, type ImportReport } from '../../db/import/import-facts.ts';
import { importers } from '../../db/import/importers.ts';
import { interruptSignal } from '../interrupt.ts';

interface ImportOptions {
  readonly db: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `hwlab db import KIND PATH`: facts of a public list, a probe or an inventory into the database's folder `imported`. */
export function registerDbImportCommand(db: Command): void {
  const kinds = importers.map(({ kind, what, evidence }) => `  ${kind.padEnd(11)} ${evidence}  ${what}`).join('\n');
  db.command('import')
    .description('import what a public list, a probe of a machine or an inventory says of devices; at most evidence E1 or E3')
    .argument('<kind>', 'kind of list, see below')
    .argument('<path>', 'file or folder')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--dry-run', 'read and count, write nothing')
    .option('--json', 'the report as JSON')
    .addHelpText(
      'after',
      `\nKinds, the evidence they may give, and where they are:\n${kinds}\n\nFacts are written to <database>/imported/<kind>.jsonl, a derived file: delete it and import again at any time.\n\nExamples:\n  ./hwlab db import usb-ids /usr/share/misc/usb.ids\n  ./hwlab db import foomatic /usr/share/foomatic/db/source/printer --dry-run\n  ./hwlab db import hw-probe ./hw.info.txz --json\n\nExit codes: 0 done, 2 when the list cannot be read or holds nothing, 130 interrupted.`,
    )
    .action(async (kind: string, path: string, options: ImportOptions) => {
      const progress = process.stderr.isTTY && !options.json;
      const report = await importFacts({
        kind,
        path,
        database: options.db,
        dryRun: options.dryRun ?? false,
        now: new Date(),
        signal: interruptSignal(),
        ...(progress ? { onProgress: (facts: number) => void process.stderr.write(`\r${facts} facts`) } : {}),
      });
      if (progress) process.stderr.write('\r\u001b[K');
      process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${reportLines(report).join('\n')}\n`);
    });
}

function reportLines({ kind, source, licence, evidence, facts, claims, withUsb, withDeviceId, problems, firstProblems, file }: ImportReport): readonly string[] {
  const says = Object.entries(claims).map(([word, count]) => `${count} ${word}`).join(', ');
  return [
    `${kind}: ${facts} facts of ${source.name}, ${source.date}, evidence ${evidence}${evidence === 'E3' ? ' (to be reviewed)' : ''}`,
    `  ${says === '' ? 'none' : says}; ${withUsb} with a USB id, ${withDeviceId} with an IEEE 1284 id`,
    `  licence: ${licence}`,
    ...(problems > 0 ? [`  ${problems} things could not be read:`, ...firstProblems.slice(0, 10).map(({ at, reason }) => `    ${at}: ${reason}`)] : []),
    file === null ? '  dry run: nothing was written' : `  ${file}`,
  ];
}
