import type { Command } from 'commander';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { fullName } from '../../db/identify-device.ts';
import { lintDatabase } from '../../db/lint/lint-database.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { printTable } from '../print-table.ts';

interface DbOptions {
  readonly db: string;
  readonly json?: boolean;
}

/** `hwlab db lint|devices`. */
export function registerDbCommand(program: Command): void {
  const db = program.command('db').description('look after the compatibility database');

  db.command('lint')
    .description('check all data: schemas, references, duplicates, expired issues, results; exit code 2 when something is wrong')
    .option('--fix', 'write JSON files in the canonical way first')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--json', 'the problems as JSON')
    .action(async (options: DbOptions & { readonly fix?: boolean }) => {
      const report = await lintDatabase(await openDatabase(options.db), { now: new Date(), fix: options.fix ?? false });
      const errors = report.problems.filter((problem) => problem.severity === 'error').length;
      if (errors > 0) process.exitCode = exitCodes.usage;
      if (options.json) {
        process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        return;
      }
      for (const file of report.fixed) process.stdout.write(`${file}: written anew\n`);
      for (const { file, line, column, severity, message, advice, rule } of report.problems) {
        process.stdout.write(`${file}:${line}:${column}: ${severity}: ${message}${advice === undefined ? '' : ` (${advice})`} [${rule}]\n`);
      }
      process.stdout.write(`${report.files} files: ${errors} errors, ${report.problems.length - errors} warnings\n`);
    });

  db.command('devices')
    .description('list the models that are known')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--json', 'as JSON')
    .action(async (options: DbOptions) => {
      const devices = [...(await (await openDatabase(options.db)).devices()).values()];
      printTable(
        devices.map((device) => ({
          id: device.id,
          name: fullName(device),
          class: device.classes.join(', '),
          usb: device.usb.map((id) => `${id.vendorId.slice(2)}:${id.productId.slice(2)}`).join(', '),
        })),
        options.json ?? false,
      );
    });
}
