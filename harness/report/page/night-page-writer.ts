import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { allureReportFile } from '../allure/allure-inputs.ts';
import type { NightSummary } from '../night-events.ts';
import { viewNight } from '../night-view.ts';
import type { ReportWriter } from '../report-writer.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import { cellFolderOf, hasTrace, tracePageName, writeTracePage } from '../trace/write-trace-page.ts';
import { loadEvidence } from './evidence.ts';
import { nightPage } from './night-page.ts';
import { english } from './text-en.ts';
import { russian } from './text-ru.ts';

/** Writes index.html and index.ru.html into the night's folder. They link to the other reports that the night will have. */
export const nightPageWriter: ReportWriter = {
  kind: 'page',
  async write(summary) {
    await writeNightPages(summary, { allure: true });
    return join(summary.night.folder, english.fileName);
  },
};

/** `allure`: true while the Allure report is still being made; else the link is there only if the report is. */
export async function writeNightPages(summary: NightSummary, options: { readonly allure: boolean }): Promise<void> {
  const { folder } = summary.night;
  const view = viewNight(summary);
  const evidence = await loadEvidence(view);
  const traces = await writeTraces(summary);
  const anchors = new Map(summary.results.map((result, index) => [result.cell.id, index + 1]));
  const allure = options.allure || (await access(join(folder, allureReportFile)).then(() => true, () => false));
  for (const texts of [english, russian]) {
    const page = nightPage({ view, texts, evidence, anchors, traces, links: { allure: allure ? allureReportFile : undefined, junit: 'junit.xml' } });
    await writeWholeFile(join(folder, texts.fileName), page);
  }
}

/** Cells whose time line is written with the night; for the others there is `hwlab trace`. */
const mostTraces = 60;

/** Writes the time lines of cells in which something did not pass. A trace that cannot be read costs its link, not the page. */
async function writeTraces({ night, results }: NightSummary): Promise<ReadonlyMap<string, string>> {
  const traces = new Map<string, string>();
  for (const result of results) {
    const wrong = result.reason !== undefined || result.tests.some(({ attempts }) => attempts.some(({ failure }) => failure !== undefined));
    const cell = wrong && traces.size < mostTraces ? cellFolderOf(result) : undefined;
    if (cell === undefined || !(await hasTrace(join(night.folder, cell)))) continue;
    const page = `${cell}/${tracePageName}`;
    const written = await writeTracePage(join(night.folder, cell), result, join(night.folder, page)).then(
      () => true,
      () => false,
    );
    if (written) traces.set(result.cell.id, page);
  }
  return traces;
}
