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
  readonly java?: string;
  readonly cache?: string;
}

/** Turns the night's Allure results into a report of one file. Without Java, or when it takes too long, it warns and the night goes on. */
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
        await generateAllure(join(folder, allureResultsFolder), join(folder, 'allure'), { deadline, ...(options.java ? { java: options.java } : {}), ...(options.cache ? { cache: options.cache } : {}) });
        await keepHistory(folder);
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
