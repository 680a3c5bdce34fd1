import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { nearMatches } from '../base/near-matches.ts';
import type { Plan } from './plan.ts';

/** What a night must remember to be resumed: reports/nights/<night>/night.json. */
export interface NightRecord {
  readonly schema: 'hwlab/night/1';
  readonly id: string;
  readonly startedAt: string;
  readonly plan: Plan;
  readonly planLabel: string;
  readonly database: string;
  /** Cell ids in order; a resumed night keeps the numbers. */
  readonly cells: readonly string[];
}

export function nightsFolder(reports: string): string {
  return join(reports, 'nights');
}

/** Makes the night's folder and writes its record in one step. */
export function createNightFolder(reports: string, record: NightRecord): string {
  const folder = join(nightsFolder(reports), record.id);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'night.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return folder;
}

/** @throws HwlabError usage `unknown-night` with the nights that are there, `bad-night-record` */
export function readNightRecord(reports: string, id: string): { readonly folder: string; readonly record: NightRecord } {
  const known = existsSync(nightsFolder(reports)) ? readdirSync(nightsFolder(reports)).sort() : [];
  const folder = join(nightsFolder(reports), id);
  if (!known.includes(id)) {
    const near = [...new Set([...nearMatches(id, known), ...known.slice(-3)])];
    throw new HwlabError({
      code: 'unknown-night',
      blame: 'usage',
      message: `there is no night "${id}" in ${reports}`,
      advice: near.length > 0 ? `there are: ${near.join(', ')}` : 'no night ran yet; start one with: ./hwlab nightly',
    });
  }
  try {
    const record = JSON.parse(readFileSync(join(folder, 'night.json'), 'utf8')) as NightRecord;
    if (record.schema !== 'hwlab/night/1' || record.id !== id || !Array.isArray(record.cells)) throw new Error('not a night record of this version');
    return { folder, record };
  } catch (error) {
    throw new HwlabError({ code: 'bad-night-record', blame: 'usage', message: `night ${id} cannot be resumed: its night.json is unreadable`, advice: 'start a new night; its results are kept', cause: error });
  }
}
