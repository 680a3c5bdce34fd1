import { Option, type Command } from 'commander';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { didYouMean } from '../../base/near-matches.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import type { KnownIssue } from '../../db/generated/known-issue.ts';
import { addKnownIssue, closeKnownIssue, draftKnownIssue, type IssueWords } from '../../db/known-issue-file.ts';
import { failureOf } from '../../repro/failure-of.ts';
import { findResult } from '../../repro/find-result.ts';
import { integerOption } from '../integer-option.ts';
import { printTable } from '../print-table.ts';

interface Place {
  readonly db: string;
  readonly json?: boolean;
}

const help = `
A failure that a known issue names is carried over: nothing looks into it anew, and pages and statements name the issue. It is the very same failure
(its signature), in the same suite and feature on the same image; failing in another way is new. docs/developer.md says what a night says of it.

Examples:
  ./hwlab known-issue add 20261122-031500-k3xq-007 --link https://bugs.example.org/7
  ./hwlab known-issue add "20261122-031500-k3xq-007#three sheets" --link https://bugs.example.org/7 --id feeder-stops --title "the feeder stops after two sheets" --days 30
  ./hwlab known-issue close feeder-stops
  ./hwlab known-issue list

Exit codes: 0 written or listed, 2 when a result or an issue is not known, or something is wrong or missing; then nothing is written.`;

/** `hwlab known-issue add|close|list` */
export function registerKnownIssueCommand(program: Command): void {
  const command = program.command('known-issue').description('name a failure by its signature, so that later nights know it again; close it; list them').addHelpText('after', help);

  inDatabase(command.command('add'))
    .description('write hardware-db/known-issues/ID.json for the failure of a result')
    .argument('<result>', 'NIGHT-NNN, as pages name it; NIGHT-NNN#TEST for one test of it; the first that failed when left out')
    .requiredOption('--link <address>', 'where it is worked on')
    .option('--id <id>', 'its name (default: the suite and the signature)')
    .option('--title <sentence>', 'what is wrong, for pages and statements (default: the test and what it said)')
    .option('--title-ru <sentence>', 'the same in Russian')
    .addOption(new Option('--kind <kind>', 'errata: the product is wrong; contingency: it works after a setting, which goes into the file as "needs"; autotriage: sorts failures for people').choices(['errata', 'contingency', 'autotriage']).default('errata'))
    .option('--owner <name>', 'who is asked when it expires', userInfo().username)
    .option('--days <n>', 'days from now on which it applies', integerOption('--days', 1, 1000), 90)
    .option('--everywhere', 'on every image, and not only on that of the failure')
    .option('--note <text>', 'what else is to be known')
    .action(async (asked: string, { db, json, ...words }: Place & IssueWords) => {
      const folder = resolve(db);
      const { result, test } = await findResult(asked, [folder]);
      const known = await (await openDatabase(folder)).knownIssues();
      const failure = failureOf(result, test);
      const issue = draftKnownIssue({ result, signature: failure.signature, ...(failure.test ? { test: failure.test } : {}) }, words, new Date());
      const file = await addKnownIssue(folder, issue, known);
      if (json) process.stdout.write(`${JSON.stringify({ file, issue }, null, 2)}\n`);
      else process.stdout.write(`${[`wrote ${file}`, `  ${issue.title}`, `  ${failure.signature}, until ${issue.expires}`, ...(issue.titleRu === undefined ? ['  its Russian title is missing: --title-ru, or "titleRu" in the file'] : []), `see what it names: ./hwlab report ${result.night}${folder === defaultDatabase ? '' : ` --db ${db}`}`].join('\n')}\n`);
    });

  inDatabase(command.command('close'))
    .description('say that an issue is fixed, as of now: a run that shows it later stands on top of its night')
    .argument('<id>', 'the issue')
    .action(async (id: string, { db, json }: Place) => {
      const folder = resolve(db);
      const known = await (await openDatabase(folder)).knownIssues();
      const issue = known.find((each) => each.id === id);
      if (!issue) throw new HwlabError({ code: 'unknown-issue', blame: 'usage', message: `there is no known issue "${id.slice(0, 80)}"${didYouMean(id, known.map((each) => each.id))}`, advice: './hwlab known-issue list' });
      const file = await closeKnownIssue(folder, issue, new Date());
      process.stdout.write(json ? `${JSON.stringify({ file, id }, null, 2)}\n` : `closed ${id}: ${file}\n`);
    });

  inDatabase(command.command('list'))
    .description('all known issues, and whether they apply')
    .action(async ({ db, json }: Place) => {
      const now = new Date();
      const issues = await (await openDatabase(resolve(db))).knownIssues();
      printTable(issues.map((issue) => ({ id: issue.id, state: stateOf(issue, now), kind: issue.kind, until: issue.expires, title: issue.title, link: issue.link })), json ?? false);
    });
}

function inDatabase(command: Command): Command {
  return command.option('--db <folder>', 'folder of the database', defaultDatabase).option('--json', 'as JSON');
}

function stateOf({ closed, expires }: KnownIssue, now: Date): string {
  if (closed !== undefined) return 'closed';
  return now.toISOString().slice(0, 10) > expires ? 'expired' : 'open';
}
