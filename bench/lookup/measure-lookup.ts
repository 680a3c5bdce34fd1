import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../harness/base/hwlab-error.ts';
import { projectRoot } from '../../harness/base/places.ts';
import { openDatabase } from '../../harness/db/database.ts';
import { openLookup } from '../../harness/db/index/open-lookup.ts';
import { updateIndex } from '../../harness/db/index/update-index.ts';
import { median, percentile } from '../median.ts';
import { generateDatabase, nameOf, writeNight } from './generate-database.ts';
import { measureServer, type ServerFigures } from './measure-server.ts';
import { measureTender } from './measure-tender.ts';

/** One size of the growth table. Times in milliseconds. */
export interface LookupFigures extends ServerFigures {
  readonly models: number;
  readonly results: number;
  readonly resultBytes: number;
  readonly indexBytes: number;
  readonly buildMs: number;
  readonly resultsPerSecond: number;
  /** One more night of 5,000 results. */
  readonly updateMs: number;
  /** A cold `hwlab check`, median of 9, and `node -e 0` beside it. */
  readonly checkMs: number;
  readonly bareNodeMs: number;
  /** Processor time of the same, which another's work on the machine changes little. */
  readonly checkCpuMs: number;
  readonly buildCpuMs: number;
  /** A list of 1,000 lines, CSV in and XLSX out, cold, median of 3. */
  readonly tenderMs: number;
  /** Search as you type, all prefixes of 40 names. */
  readonly searchP50: number;
  readonly searchP99: number;
  readonly answerP99: number;
}

const resultsPerModel = 50;
/** About so much a result takes on the disk, index included. */
const bytesPerResult = 2_000;

/** Generates databases of growing size in a temporary folder, measures each, and removes it. */
export async function measureLookup(sizes: readonly number[], say: (line: string) => void): Promise<readonly LookupFigures[]> {
  const figures: LookupFigures[] = [];
  for (const models of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-bench-lookup-'));
    const kept = process.env['HWLAB_INDEX'];
    process.env['HWLAB_INDEX'] = join(folder, 'index');
    try {
      const { bavail, bsize } = statfsSync(folder);
      const needed = models * resultsPerModel * bytesPerResult;
      if (bavail * bsize < needed * 1.2) throw new HwlabError({ code: 'no-disk-space', blame: 'lab', message: `${folder}: ${models} models need ${Math.round(needed / 2 ** 30)} GiB`, advice: 'set TMPDIR to a larger disk, or measure fewer: HWLAB_BENCH_MODELS=1000,10000' });
      figures.push(await measureSize(join(folder, 'db'), models, say));
    } finally {
      if (kept === undefined) delete process.env['HWLAB_INDEX'];
      else process.env['HWLAB_INDEX'] = kept;
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return figures;
}

async function measureSize(folder: string, models: number, say: (line: string) => void): Promise<LookupFigures> {
  say(`lookup: generating ${models} models with ${resultsPerModel} results each`);
  const resultBytes = generateDatabase(folder, { models, resultsPerModel }, say);
  const database = await openDatabase(folder);
  const now = new Date('2026-11-22T12:00:00Z');
  let told = 0;
  const cpuBefore = process.cpuUsage();
  const built = await updateIndex(database, { now: new Date(), progress: ({ phase, done }) => performance.now() - told > 10_000 && ((told = performance.now()), say(`lookup: ${phase} ${done}`)) });
  const cpu = process.cpuUsage(cpuBefore);
  say(`lookup: built in ${built.milliseconds} ms`);
  writeNight(folder, resultsPerModel, Math.min(5_000, models));
  const updated = await updateIndex(database, { now: new Date() });
  const indexBytes = statSync(built.file).size;

  const childrenBefore = childTime();
  const checks = Array.from({ length: 10 }, (_unused, number) => timed(() => execFileSync(join(projectRoot, 'hwlab'), ['check', nameOf((number * 7919) % models), '--image', 'school-14', '--db', folder], { stdio: 'pipe' }))).slice(1);
  const checkCpuMs = (childTime() - childrenBefore) / 10;
  const bare = Array.from({ length: 9 }, () => timed(() => execFileSync(process.execPath, ['-e', '0'])));

  const tenderMs = measureTender(folder, models);

  const source = await openLookup(database, { now });
  const searches: number[] = [];
  const answers: number[] = [];
  for (let number = 0; number < 40; number += 1) {
    const device = (number * 104_729) % models;
    const name = nameOf(device).toLowerCase();
    for (let length = 1; length <= name.length; length += 1) searches.push(timed(() => source.search({ text: name.slice(0, length), offset: 0, limit: 25 })));
    answers.push(timed(() => source.answer(`model-${device}`)));
  }
  source.close();
  const server = await measureServer(folder, models, say);
  return {
    models,
    results: models * resultsPerModel,
    resultBytes,
    indexBytes,
    buildMs: built.milliseconds,
    resultsPerSecond: Math.round((models * resultsPerModel) / (built.milliseconds / 1000)),
    updateMs: updated.milliseconds,
    checkMs: median(checks),
    bareNodeMs: median(bare),
    checkCpuMs,
    buildCpuMs: (cpu.user + cpu.system) / 1000,
    tenderMs,
    searchP50: percentile(searches, 0.5),
    searchP99: percentile(searches, 0.99),
    answerP99: percentile(answers, 0.99),
    ...server,
  };
}

/** Milliseconds of processor time of all children that ended (proc(5): fields 16 and 17 of stat, in hundredths of a second on Linux). */
function childTime(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function timed(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
