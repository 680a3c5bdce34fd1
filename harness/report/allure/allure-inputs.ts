import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../../db/generated/result.ts';
import type { NightSummary } from '../night-events.ts';
import { planName } from '../plan-name.ts';

/** Where the mocha processes of a night's cells put their Allure results, relative to its folder. */
export const allureResultsFolder = 'allure-results';
/** The report that a person opens, relative to the night's folder; one file, so that it opens without a server. */
export const allureReportFile = 'allure/index.html';
const historyFolder = 'allure/history';

/** Writes what Allure reads beside the results: environment, categories, executor, and the history of the night before. */
export async function writeAllureInputs(summary: NightSummary): Promise<void> {
  const folder = join(summary.night.folder, allureResultsFolder);
  await mkdir(join(folder, 'history'), { recursive: true });
  await writeFile(join(folder, 'environment.properties'), environmentProperties(summary));
  await writeFile(join(folder, 'categories.json'), `${JSON.stringify(categories, null, 2)}\n`);
  await writeFile(join(folder, 'executor.json'), `${JSON.stringify(executor(summary), null, 2)}\n`);
  if (summary.before) await carryHistory(join(dirname(summary.night.folder), summary.before.id), folder);
}

/** What the night page calls the same things; the first that matches wins. MISS and ERROR reach Allure as `broken`. */
const categories = [
  { name: 'Product defects (FAIL)', matchedStatuses: ['failed'] },
  { name: 'Lab and harness faults (MISS)', matchedStatuses: ['broken'], messageRegex: '(?s)^MISS .*' },
  { name: "Errors of the tests' own code (ERROR)", matchedStatuses: ['broken'] },
  { name: 'Requirement not met (SKIP)', matchedStatuses: ['skipped'] },
];

function executor(summary: NightSummary): Record<string, string | number> {
  return {
    name: 'hwlab',
    type: 'hwlab',
    buildName: `${planName(summary.night.plan)} ${summary.night.id}`,
    // Allure orders its trends by this number; a night's start in seconds rises from night to night.
    buildOrder: Math.floor(Date.parse(summary.night.startedAt) / 1000),
    reportName: `hwlab ${planName(summary.night.plan)}, ${summary.night.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
  };
}

/** A Java properties file: one line a fact, escaped as `java.util.Properties` reads it. */
function environmentProperties(summary: NightSummary): string {
  const facts = new Map<string, Set<string>>();
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) facts.set(name, (facts.get(name) ?? new Set()).add(value));
  };
  add('Plan', summary.night.plan);
  add('Night', summary.night.id);
  add('Cells', String(summary.night.cells.length));
  for (const result of summary.results) addResult(add, result);
  return [...facts].map(([name, values]) => `${escapeProperty(name, true)}=${escapeProperty([...values].sort().join(', '), false)}\n`).join('');
}

function addResult(add: (name: string, value: string | undefined) => void, { cell, environment }: Result): void {
  add(`Image ${cell.image}`, `sha256 ${environment.imageSha256}`);
  add(`Kernel of ${cell.image}`, environment.kernel);
  add('Machine', cell.machine);
  add('Accelerator', environment.accelerator);
  add('QEMU', environment.qemu);
  add('Harness', environment.harness);
  for (const [name, version] of Object.entries(environment.packages ?? {})) add(`${name} of ${cell.image}`, version);
}

function escapeProperty(text: string, key: boolean): string {
  const escaped = text.replaceAll('\\', '\\\\').replace(/[\r\n]+/g, ' ');
  const plain = key ? escaped.replace(/[ =:#!]/g, '\\$&') : escaped.replace(/^\s/, '\\$&');
  return plain.replace(/[^ -~]/gu, (character) => [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''));
}

const historyFiles = ['history.json', 'history-trend.json', 'categories-trend.json', 'duration-trend.json', 'retry-trend.json'];

async function carryHistory(nightBefore: string, results: string): Promise<void> {
  for (const name of historyFiles) {
    const content = await readFile(join(nightBefore, historyFolder, name)).catch(() => undefined);
    if (content) await writeFile(join(results, 'history', name), content);
  }
}

/** Takes the history out of a single-file report and keeps it beside it for the night after. */
export async function keepHistory(nightFolder: string): Promise<void> {
  const report = await readFile(join(nightFolder, allureReportFile), 'utf8');
  const folder = join(nightFolder, historyFolder);
  await mkdir(folder, { recursive: true });
  for (const name of historyFiles) {
    const found = new RegExp(`d\\('history/${name.replace('.', '\\.')}',\\s*'([A-Za-z0-9+/=]*)'`).exec(report);
    if (found?.[1]) await writeFile(join(folder, name), Buffer.from(found[1], 'base64'));
  }
}
