import type { Command } from 'commander';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { defaultDatabase } from '../../db/database.ts';
import { ResultStore } from '../../db/result-store.ts';
import { cellFolderOf, hasTrace, tracePageName, writeTracePage } from '../../report/trace/write-trace-page.ts';
import { findResult, type FoundResult } from '../../repro/find-result.ts';
import { resultFolder } from '../../repro/result-folder.ts';
import { reproFolder } from '../../repro/run-again.ts';
import { defaultReports } from '../night-options.ts';

interface TraceFlags {
  readonly db: string;
  readonly reports: string;
  readonly out?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

interface Written {
  readonly result?: string;
  readonly file: string;
  readonly events: number;
}

/** `hwlab trace`: the time line of a cell as one HTML file. */
export function registerTraceCommand(program: Command): void {
  program
    .command('trace')
    .description('what a cell did, moment by moment, as one HTML file that needs no network')
    .argument('<of>', 'a result (NIGHT-NNN), a night (its cells that did not pass), or the folder of a cell')
    .option('--out <file>', 'write it there instead of trace.html beside what the cell left')
    .option('--all', 'of a night: also the cells that passed')
    .option('--db <folder>', 'the database that holds the result', defaultDatabase)
    .option('--reports <folder>', 'the folder of the reports', defaultReports)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Console, kernel log, commands, waits, assertions, requests (IPP, eSCL, USB), the cable and screenshots on one time line, with search; #t=SECONDS points at a moment.
The page of a night links to it for each cell that did not pass.

Examples:
  ./hwlab trace 20261122-031500-k3xq-007
  ./hwlab trace 20261122-031500-k3xq
  ./hwlab trace reports/nights/20261122-031500-k3xq/cells/007-arduino-uno-r3-robotics --out bug.html

Exit codes: 0 written, 2 there is no such result or night, or what it left is gone.`,
    )
    .action(async (of: string, flags: TraceFlags) => {
      const written = await writeAll(of, flags);
      if (flags.json) process.stdout.write(`${JSON.stringify({ traces: written }, null, 2)}\n`);
      else process.stdout.write(written.length === 0 ? 'every cell of this night passed; --all writes their traces too\n' : `${written.map(({ file, events }) => `${file}  (${events} events)`).join('\n')}\n`);
    });
}

async function writeAll(of: string, flags: TraceFlags): Promise<readonly Written[]> {
  if (statSync(of, { throwIfNoEntry: false })?.isDirectory()) {
    const folder = resolve(of);
    if (!(await hasTrace(folder))) throw gone(of, `${folder} holds no trace of a cell`, 'name the folder that a1 is in');
    return [await writeOne(folder, undefined, flags.out)];
  }
  const reports = resolve(flags.reports);
  const databases = [resolve(flags.db), reproFolder(reports)];
  for (const database of databases) {
    const store = ResultStore.open(database);
    if (!(await store.nights()).includes(of)) continue;
    const written: Written[] = [];
    for await (const result of store.results({ night: of }, () => undefined)) {
      if (flags.all || result.outcome !== 'PASS') written.push(await writeResult({ result, database }, reports, written.length === 0 ? flags.out : undefined));
    }
    if (flags.out !== undefined && written.length > 1) throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: `${of} has ${written.length} such cells, --out names one file`, advice: 'name a result' });
    return written;
  }
  return [await writeResult(await findResult(of, databases), reports, flags.out)];
}

async function writeResult(found: FoundResult, reports: string, out: string | undefined): Promise<Written> {
  const { id } = found.result;
  const night = await resultFolder(found, [reports, reproFolder(reports)]);
  const cell = cellFolderOf(found.result);
  if (night === undefined || cell === undefined) throw gone(id, `what ${id} left is not below ${reports} any more`, 'run it again: ./hwlab repro RESULT; --reports names another folder');
  const folder = join(night, cell);
  if (!(await hasTrace(folder))) throw gone(id, `${id} left no trace: it was run before hwlab wrote one, or its files are gone`, `run it again: ./hwlab repro ${id}`);
  return { result: id, ...(await writeOne(folder, found, out)) };
}

async function writeOne(folder: string, found: FoundResult | undefined, out: string | undefined): Promise<Written> {
  const file = out === undefined ? join(folder, tracePageName) : resolve(out);
  return { file, events: await writeTracePage(folder, found?.result, file) };
}

function gone(of: string, message: string, advice: string): HwlabError {
  return new HwlabError({ code: 'trace-gone', blame: 'usage', message, advice, facts: { of } });
}
