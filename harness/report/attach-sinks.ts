import { performance } from 'node:perf_hooks';
import { messageOf } from '../base/hwlab-error.ts';
import type { TypedEvents } from '../base/typed-events.ts';
import { allureWriter } from './allure/allure-report.ts';
import { attachConsole } from './console/console-sink.ts';
import { junitWriter } from './junit/junit-writer.ts';
import type { NightEvents, NightSummary, WrittenReport } from './night-events.ts';
import { nightPageWriter, writeNightPages } from './page/night-page-writer.ts';
import { nightsIndexWriter } from './page/nights-index-writer.ts';
import type { ReportWriter, Warn } from './report-writer.ts';

/** All reports of a night that are files. Allure comes first, so that its JVM starts while the others are written. */
export function fileReports(reports?: string): readonly ReportWriter[] {
  return [allureWriter(), junitWriter, nightPageWriter, nightsIndexWriter(reports)];
}

export interface SinkOptions {
  /** One JSON object on standard output at the end instead of the summary. */
  readonly json?: boolean;
  /** The folder of all reports, where the list of nights goes; two folders above the night's own by default. */
  readonly reports?: string;
}

/** Attaches everything that tells of a night: the reports that are files, then the console, whose summary names them. `stop` takes the live lines away when a night never ends. */
export function attachSinks(events: TypedEvents<NightEvents>, options: SinkOptions = {}): { stop(): void } {
  attachReports(events, fileReports(options.reports));
  return attachConsole(events, options.json === undefined ? {} : { json: options.json });
}

/** Has the reports written when a night ends, each announced by `report-written`. */
export function attachReports(events: TypedEvents<NightEvents>, writers: readonly ReportWriter[] = fileReports()): void {
  events.on('night-finished', async ({ summary }) => {
    await events.emit('preparing', { step: 'writing the reports' });
    const warn: Warn = (message, advice) => void events.emit('warning', { message, ...(advice === undefined ? {} : { advice }) });
    for (const report of await writeReports(summary, warn, writers)) await events.emit('report-written', { report });
  });
}

/** Writes all reports side by side; one that fails is a warning and does not keep the others from being written. */
export async function writeReports(summary: NightSummary, warn: Warn, writers: readonly ReportWriter[] = fileReports()): Promise<readonly WrittenReport[]> {
  const written = await Promise.all(writers.map((writer) => writeOne(writer, summary, warn)));
  const reports = written.filter((report) => report !== undefined);
  // The page is written while Allure runs and links to its report; if that was not made, the link must go.
  const promised = writers.some((writer) => writer.kind === 'allure') && !reports.some((report) => report.kind === 'allure');
  if (promised && reports.some((report) => report.kind === 'page')) await writeNightPages(summary, { allure: false });
  return reports;
}

async function writeOne(writer: ReportWriter, summary: NightSummary, warn: Warn): Promise<WrittenReport | undefined> {
  const started = performance.now();
  try {
    const path = await writer.write(summary, warn);
    return path === undefined ? undefined : { kind: writer.kind, path, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    warn(`the ${writer.kind} report was not written: ${messageOf(error)}`, `the results are kept; try again with: ./hwlab report ${summary.night.id}`);
    return undefined;
  }
}
