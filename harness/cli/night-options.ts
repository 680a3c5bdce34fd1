import type { Command } from 'commander';
import { resolve } from 'node:path';
import { projectRoot } from '../base/places.ts';
import { defaultDatabase } from '../db/database.ts';

/** What every command that runs cells is told. */
export interface NightOptions {
  readonly db: string;
  readonly reports: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The same, made definite: absolute folders, and no where nothing was said. */
export interface NightSettings {
  readonly database: string;
  readonly reports: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export const defaultReports = resolve(projectRoot, 'reports');

/** Gives a command the options of a night. */
export function withNightOptions(command: Command): Command {
  return command
    .option('--db <folder>', 'keep results in this folder instead of hardware-db', defaultDatabase)
    .option('--reports <folder>', 'write reports below this folder instead of reports', defaultReports)
    .option('--yes', 'install what is missing without asking')
    .option('--json', 'print one JSON object at the end instead of the summary');
}

export function nightSettings({ db, reports, yes, json }: NightOptions): NightSettings {
  return { database: resolve(db), reports: resolve(reports), yes: yes ?? false, json: json ?? false };
}
