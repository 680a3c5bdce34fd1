import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabelName, Stage, Status } from 'allure-js-commons';
import type { TestResult as AllureResult } from 'allure-js-commons';
import { FileSystemWriter } from 'allure-js-commons/sdk/reporter';
import { deviceWord } from '../../db/cell-device.ts';
import type { CellId, Failure, Outcome, Result } from '../../db/generated/result.ts';
import type { NightSummary } from '../night-events.ts';
import { rerunCommand } from '../rerun-command.ts';
import { allureResultsFolder } from './allure-inputs.ts';

const written = 'hwlab-cell';

/**
 * Gives an Allure result to what never reached mocha: cells that ended as a whole (MISS, ERROR, SKIP) and cells that never ran, so that nothing
 * of the night is missing from the report. Writing twice leaves one. Returns how many there are.
 */
export async function writeMissingCells(summary: NightSummary): Promise<number> {
  const folder = join(summary.night.folder, allureResultsFolder);
  mkdirSync(folder, { recursive: true });
  const known = await cellsAlreadyThere(folder);
  const writer = new FileSystemWriter({ resultsDir: folder });
  const ran = new Set(summary.results.map((result) => result.cell.id));
  const missing = [
    ...summary.results.filter((result) => result.reason && !result.tests.some((test) => test.outcome === result.outcome)).map((result) => allureResult(result.cell, result.outcome, result.reason, result)),
    ...summary.night.cells.filter((cell) => !ran.has(cell.id)).map((cell) => allureResult(cell, 'MISS', notRun(summary), undefined)),
  ];
  for (const result of missing) if (!known.has(result.testCaseId ?? '')) writer.writeResult(result);
  return missing.length;
}

function notRun(summary: NightSummary): Failure {
  return { code: summary.stopped?.code ?? 'not-run', blame: 'lab', message: summary.stopped?.message ?? 'the cell did not run' };
}

function allureResult(cell: CellId, outcome: Outcome, reason: Failure | undefined, result: Result | undefined): AllureResult {
  const id = createHash('sha256').update(`${written}\n${cell.id}`).digest('hex').slice(0, 32);
  const start = result ? Date.parse(result.startedAt) : Date.now();
  return {
    uuid: randomUUID(),
    name: `${cell.suite}: the cell`,
    fullName: cell.id,
    historyId: id,
    testCaseId: `${written}-${id}`,
    status: outcome === 'FAIL' ? Status.FAILED : outcome === 'SKIP' ? Status.SKIPPED : Status.BROKEN,
    statusDetails: { message: `${outcome} ${reason?.code ?? 'no-reason-recorded'}: ${reason?.message ?? ''}`, trace: [...(reason?.advice ? [reason.advice] : []), rerunCommand(cell), ...(reason?.stack ? [reason.stack] : [])].join('\n') },
    stage: Stage.FINISHED,
    start,
    stop: result ? Date.parse(result.finishedAt) : start,
    steps: [],
    attachments: [],
    links: [],
    parameters: [
      { name: 'image', value: cell.image },
      { name: 'machine', value: cell.machine },
      { name: 'model', value: cell.model },
      ...(cell.personalities ? [{ name: 'personalities', value: cell.personalities.join(', ') }] : []),
    ],
    labels: [
      { name: LabelName.PARENT_SUITE, value: `${cell.image} on ${cell.machine}` },
      { name: LabelName.SUITE, value: deviceWord(cell) },
      { name: LabelName.SUB_SUITE, value: cell.suite },
      { name: LabelName.FRAMEWORK, value: 'hwlab' },
    ],
  };
}

/** Ids of cells that an earlier call wrote; the folder may hold thousands of results, so only names of ours are read. */
async function cellsAlreadyThere(folder: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('-result.json')) continue;
    const text = await readFile(join(folder, name), 'utf8');
    const id = new RegExp(`"testCaseId":\\s*"(${written}-[0-9a-f]{32})"`).exec(text)?.[1];
    if (id) found.add(id);
  }
  return found;
}
