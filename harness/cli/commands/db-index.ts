import { rmSync } from 'node:fs';
import type { Command } from 'commander';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { indexProgress } from '../index-progress.ts';
import { interruptSignal } from '../interrupt.ts';

interface IndexFlags {
  readonly db: string;
  readonly rebuild?: boolean;
  readonly json?: boolean;
}

/** `hwlab db index`: brings the derived index up to date, which look-ups also do by themselves. */
export function registerDbIndexCommand(db: Command): void {
  db.command('index')
    .description('bring the look-up index up to date; it is derived from the JSON and can be deleted at any time')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--rebuild', 'make it anew from nothing')
    .option('--json', 'what was done as JSON')
    .action(async ({ db: folder, rebuild, json }: IndexFlags) => {
      const [{ updateIndex }, { indexFileOf }] = await Promise.all([import('../../db/index/update-index.ts'), import('../../db/index/index-file.ts')]);
      const database = await openDatabase(folder);
      if (rebuild) rmSync(indexFileOf(database.folder), { force: true });
      const update = await updateIndex(database, { now: new Date(), signal: interruptSignal(), progress: indexProgress() });
      if (json) process.stdout.write(`${JSON.stringify(update, null, 2)}\n`);
      else process.stdout.write(`${update.how} in ${update.milliseconds} ms: ${update.devices} devices, ${update.results} results, ${update.cells} answers read anew; ${update.file}\n`);
    });
}
