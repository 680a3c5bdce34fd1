import { existsSync, readdirSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { HwlabError } from '../../base/hwlab-error.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { compareAnswers, isWorse } from '../../db/release/compare-answers.ts';
import { compareListed } from '../../db/release/compare-listed.ts';
import { compareRecords } from '../../db/release/compare-records.ts';
import { frozenSnapshot, openState, releasesFolder, type OpenState } from '../../db/release/load-snapshot.ts';
import { snapshotOf } from '../../db/release/snapshot.ts';
import { verifyRelease } from '../../db/release/verify-release.ts';
import { writeRelease } from '../../db/release/write-release.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { diffLines } from '../change-lines.ts';
import { integerOption } from '../integer-option.ts';
import { interruptSignal } from '../interrupt.ts';

interface ReleaseCommandOptions {
  readonly db: string;
  readonly out: string;
  readonly date: string;
  readonly number?: number;
  readonly previous?: string;
  readonly folder?: boolean;
  readonly json?: boolean;
}

/** `hwlab db release` and `hwlab db release verify`. */
export function registerDbRelease(db: Command): void {
  const release = db
    .command('release')
    .description('freeze the database as a dated, checksummed bundle with schemas, answers and a changelog')
    .option('--out <folder>', 'folder to write into', releasesFolder)
    .option('--date <day>', 'day of the release, YYYY-MM-DD, UTC; verdicts are as of its end', new Date().toISOString().slice(0, 10))
    .option('--number <n>', 'number of a second release on one day', integerOption('--number', 2, 999))
    .option('--previous <release>', 'release to compare with (default: the newest before it in --out; "none" for none)')
    .option('--folder', 'a folder instead of a packed file')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--json', 'the manifest as JSON')
    .addHelpText(
      'after',
      `
Examples:
  ./hwlab db release
  ./hwlab db release --date 2026-11-22 --out /srv/hwlab/releases
  ./hwlab db release verify reports/releases/data-2026-11-22.tar.gz
  ./hwlab check "Uno R3" --db reports/releases/data-2026-11-22.tar.gz

Exit codes: 0 written (or there already, byte for byte), 1 verify found something that was changed, 2 wrong usage or data.`,
    )
    .action(async (options: ReleaseCommandOptions) => {
      const signal = interruptSignal({ code: 'interrupted', says: 'nothing is kept of the release' });
      if (!/^\d{4}-\d{2}-\d{2}$/.test(options.date) || Number.isNaN(Date.parse(options.date))) throw new HwlabError({ code: 'bad-arguments', blame: 'usage', message: `--date ${options.date.slice(0, 40)}: not a day`, advice: 'give YYYY-MM-DD' });
      const database = await openDatabase(options.db);
      const id = `data-${options.date}${options.number === undefined ? '' : `-${options.number}`}`;
      const before = options.previous ?? newestBefore(options.out, id);
      await using state = before === undefined || before === 'none' ? undefined : await openState(before, { db: options.db, releases: options.out });
      const written = await writeRelease(database, {
        out: options.out,
        date: options.date,
        number: options.number,
        asFolder: options.folder ?? false,
        previous: state === undefined ? undefined : await previousOf(state),
        signal,
        onProgress: process.stderr.isTTY ? (what) => void process.stderr.write(`${what}...\n`) : undefined,
      });
      const { manifest, path, sha256, existed } = written;
      if (options.json) process.stdout.write(`${JSON.stringify({ path, sha256: sha256 ?? null, existed, manifest }, null, 2)}\n`);
      else {
        const { devices = 0, results = 0, answers = 0 } = manifest.counts;
        process.stdout.write(`${path}${existed ? ' (it was there already, the same)' : ''}\n  ${devices} devices, ${results} results, ${answers} answers; since ${manifest.previous?.id ?? 'nothing: the first release'}\n${sha256 === undefined ? '' : `  sha256 ${sha256}\n`}`);
      }
    });
  release
    .command('verify')
    .description('check every byte of a release against its manifest; exit code 1 when something was changed')
    .argument('<file>', 'data-YYYY-MM-DD.tar.gz, or the folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab db release verify data-2026-11-22.tar.gz\n\nExit codes: 0 every byte is as it was frozen, 1 something was changed, 2 it cannot be read at all.')
    .action(async (file: string, _options: unknown, command: Command) => {
      // `release` has an option of the same name and takes it first.
      const options = command.optsWithGlobals<{ readonly json?: boolean }>();
      const { manifest, problems } = await verifyRelease(file);
      if (problems.length > 0) process.exitCode = exitCodes.product;
      if (options.json) process.stdout.write(`${JSON.stringify({ id: manifest.id, files: manifest.files.length, problems }, null, 2)}\n`);
      else process.stdout.write(`${problems.map((problem) => `${problem}\n`).join('')}${manifest.id}: ${manifest.files.length} files, ${problems.length === 0 ? 'all as they were frozen' : `${problems.length} problems`}\n`);
    });
}

interface DiffOptions {
  readonly db: string;
  readonly releases: string;
  readonly lang: Language;
  readonly json?: boolean;
}

/** `hwlab db diff A [B]`. */
export function registerDbDiff(db: Command): void {
  db.command('diff')
    .description('say what a change of the data does to the answers: which devices lose or gain what, and why')
    .argument('<before>', 'git revision, data release, or database folder')
    .argument('[after]', 'the same, or "current"', 'current')
    .option('--releases <folder>', 'where releases named by their id are', releasesFolder)
    .option('--db <folder>', 'the current database; its results are used for git revisions', defaultDatabase)
    .addOption(new Option('--lang <language>', 'language of the answer').choices(['en', 'ru']).default('en'))
    .option('--json', 'everything as JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab db diff HEAD~1\n  ./hwlab db diff origin/main current --lang ru\n  ./hwlab db diff data-2026-09-01 data-2026-11-22 --json\n\nExit codes: 0 no answer gets worse, 1 some do, 2 wrong usage or data.')
    .action(async (from: string, to: string, options: DiffOptions) => {
      // Both by the rules and on the day of now, so that only the data differs.
      const now = new Date();
      await using before = await openState(from, options);
      await using after = await openState(to, options);
      const changes = compareAnswers(await snapshotOf(before.database, before.label, now), await snapshotOf(after.database, after.label, now));
      const records = await compareRecords(before.database, after.database);
      const lists = await compareListed(before.database, after.database);
      if (changes.some(({ kind }) => isWorse[kind])) process.exitCode = exitCodes.product;
      process.stdout.write(options.json ? `${JSON.stringify({ from: before.label, to: after.label, changes, lists, records }, null, 2)}\n` : `${diffLines(changes, lists, records, options.lang).join('\n')}\n`);
    });
}

/** The id of the newest release of a folder that sorts before `id`. */
function newestBefore(folder: string, id: string): string | undefined {
  const key = (name: string): string => name.replace(/-(\d{1,3})$/, (all, number: string, at: number) => (at > 12 ? `-${number.padStart(3, '0')}` : all));
  const ids = existsSync(folder) ? readdirSync(folder).flatMap((name) => /^(data-\d{4}-\d{2}-\d{2}(?:-\d{1,3})?)(?:\.tar\.gz)?$/.exec(name)?.[1] ?? []) : [];
  return [...new Set(ids)].filter((each) => key(each) < key(id)).sort((left, right) => (key(left) < key(right) ? 1 : -1))[0];
}

async function previousOf(state: OpenState): Promise<{ readonly snapshot: Awaited<ReturnType<typeof frozenSnapshot>>; readonly manifestSha256: string }> {
  if (state.release === undefined) throw new HwlabError({ code: 'release-damaged', blame: 'usage', message: `--previous ${state.label}: not a data release`, advice: 'give a data-YYYY-MM-DD, its file or its folder' });
  return { snapshot: await frozenSnapshot(state, new Date(0)), manifestSha256: state.release.manifestSha256 };
}
