import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { ReportWriter } from '../report-writer.ts';
import { generateAllure } from './allure-command.ts';
import { allureReportFile, allureResultsFolder, keepHistory, writeAllureInputs } from './allure-inputs.ts';
import { writeMissingCells } from './allure-missing-cells.ts';
import { alignAllureOutcomes } from './allure-outcomes.ts';

export interface AllureOptions {
  /** Milliseconds the report may take; 60 s by default. */
  readonly within?: number;
  /** Bytes of results up to which the report is one file; 64 MiB by default. */
  readonly mostInOneFile?: number;
  readonly java?: string;
  readonly cache?: string;
}

/** Turns the night's Allure results into a report. Without Java, or when it takes too long, it warns and the night goes on. */
export function allureWriter(options: AllureOptions = {}): ReportWriter {
  return {
    kind: 'allure',
    async write(summary, warn) {
      const { folder } = summary.night;
      try {
        await writeMissingCells(summary);
        await alignAllureOutcomes(summary);
        await writeAllureInputs(summary);
        const deadline = Deadline.after(options.within ?? 60_000);
        const singleFile = (await sizeOf(join(folder, allureResultsFolder))) <= (options.mostInOneFile ?? 64 * 2 ** 20);
        await generateAllure(join(folder, allureResultsFolder), join(folder, 'allure'), { deadline, singleFile, ...(options.java ? { java: options.java } : {}), ...(options.cache ? { cache: options.cache } : {}) });
        if (singleFile) await keepHistory(folder);
        else warn('the Allure report is too large for one file and needs a server', `look at it with: node_modules/.bin/allure open ${join(folder, 'allure')}`);
        return join(folder, allureReportFile);
      } catch (error) {
        if (!(error instanceof HwlabError)) throw error;
        const told = error.code === 'no-java' ? error.message : `the Allure report was not made: ${messageOf(error)}`;
        warn(told, error.advice ?? 'the results are kept; try again with: ./hwlab report NIGHT'.replace('NIGHT', summary.night.id));
        return undefined;
      }
    },
  };
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder)) size += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
  return size;
}
