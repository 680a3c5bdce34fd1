import { join } from 'node:path';
import type { ReportWriter } from '../report-writer.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import { junitDocument } from './junit-document.ts';

/** Writes junit.xml into the night's folder. */
export const junitWriter: ReportWriter = {
  kind: 'junit',
  async write(summary) {
    const path = join(summary.night.folder, 'junit.xml');
    await writeWholeFile(path, junitDocument(summary));
    return path;
  },
};
