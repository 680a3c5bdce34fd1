import type { Command } from 'commander';
import { HwlabError } from '../../base/hwlab-error.ts';
import { didYouMean } from '../../base/near-matches.ts';
import { investigationsOf } from '../../db/investigations.ts';
import { checkDevice } from '../../db/check-device.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { fullName } from '../../db/identify-device.ts';
import { lintDatabase } from '../../db/lint/lint-database.ts';
import { findLabFile } from '../../lab/inventory/read-lab.ts';
import type { Assessment } from '../../db/verdicts/assess-device.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { explainLines, quirkLine } from '../explain-text.ts';
import { registerDbImportCommand } from './db-import.ts';
import { lintLab } from './lab-lint.ts';
import { registerDbIndexCommand } from './db-index.ts';
import { registerDbReviewCommand } from './db-review.ts';
import { listedText } from '../../db/answers/listed-text.ts';
import { printTable } from '../print-table.ts';
import { registerDbDiff, registerDbRelease } from './db-release.ts';

interface DbOptions {
  readonly db: string;
  readonly json?: boolean;
}

/** `hwlab db lint|explain|devices|release|diff`. */
export function registerDbCommand(program: Command): void {
  const db = program.command('db').description('look after the compatibility database').addHelpText('after', '\nExamples:\n  ./hwlab db lint\n  ./hwlab db explain "Uno R3" debian-12\n\nExit codes: 0 all well, 2 when data is wrong or a name is not known.');

  db.command('lint')
    .description('check all data: schemas, references, duplicates, expired issues, results; exit code 2 when something is wrong')
    .option('--fix', 'first mend what needs no thought: the way of writing, ids, empty aliases, exceptions that nothing needs any more')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--json', 'the problems as JSON')
    .action(async (options: DbOptions & { readonly fix?: boolean }) => {
      const ofDatabase = await lintDatabase(await openDatabase(options.db), { now: new Date(), fix: options.fix ?? false });
      const labFile = findLabFile();
      const report = labFile === undefined ? ofDatabase : { ...ofDatabase, files: ofDatabase.files + 1, problems: [...ofDatabase.problems, ...(await lintLab(labFile, options.db)).map((problem) => ({ ...problem, rule: 'lab-file' }))] };
      const errors = report.problems.filter((problem) => problem.severity === 'error').length;
      if (errors > 0) process.exitCode = exitCodes.usage;
      if (options.json) {
        process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        return;
      }
      for (const file of report.fixed) process.stdout.write(`${file}: written anew\n`);
      for (const { file, line, column, severity, message, advice, rule } of report.problems) {
        process.stdout.write(`${file}:${line}:${column}: ${severity}: ${message}${advice === undefined ? '' : ` (${advice})`} [${rule}]\n`);
      }
      process.stdout.write(`${report.files} files: ${errors} errors, ${report.problems.length - errors} warnings${report.tolerated === 0 ? '' : `, ${report.tolerated} put up with (lint-exceptions.json)`}\n`);
    });

  db.command('explain')
    .description('say why a model has its headline: features, tests, runs, with dates, image hashes and logs')
    .argument('<model>', 'name, alias or USB id')
    .argument('[where...]', '[FEATURE] [IMAGE]; without an image all that are known')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--json', 'the whole chain as JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab db explain "Uno R3" debian-12\n  ./hwlab db explain m2040dn scanning.listed debian-12\n  ./hwlab db explain m2040dn')
    .action(async (model: string, where: readonly string[], options: DbOptions) => {
      if (where.length > 2) throw new HwlabError({ code: 'bad-arguments', blame: 'usage', message: 'explain takes a model, a feature or none, and an image or none', advice: 'hwlab db explain --help' });
      const [feature, image] = where.length === 2 ? where : isFeature(where[0]) ? [where[0], undefined] : [undefined, where[0]];
      const { assessments, quirks, lists } = await checkDevice(await openDatabase(options.db), model, { now: new Date(), ...(image === undefined ? {} : { image }) });
      if (feature !== undefined && image === undefined && !assessments.some((assessment) => assessment.features.some((each) => each.feature === feature)) && assessments[0] !== undefined) throw unknownFeature(feature, assessments[0]);
      for (const assessment of assessments) {
        const wanted = (each: { readonly feature: string }): boolean => feature === undefined || each.feature === feature;
        const features = assessment.features.filter(wanted);
        const withQuirks = quirks.filter((quirk) => quirk.image === assessment.image).map((quirk) => ({ ...quirk, features: quirk.features.filter(wanted) })).filter((quirk) => quirk.features.length > 0);
        if (feature !== undefined && features.length === 0 && withQuirks.length === 0) {
          if (image === undefined) continue;
          throw unknownFeature(feature, assessment);
        }
        const investigations = await investigationsOf(options.db, features.flatMap(({ tests }) => tests.map(({ last }) => last.result)));
        process.stdout.write(options.json ? `${JSON.stringify({ ...assessment, features, withPersonalities: withQuirks, investigations, publicLists: lists ?? null }, null, 2)}\n` : `${[...explainLines(assessment, features, investigations), ...withQuirks.map(quirkLine), ...(lists === undefined ? [] : listedText(lists, 'en', { own: true }).claims.map((claim) => `  beside the answer: ${claim}`))].join('\n')}\n`);
      }
    });

  registerDbImportCommand(db);
  registerDbIndexCommand(db);
  registerDbReviewCommand(db);

  db.command('devices')
    .description('list the models that are known')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--json', 'as JSON')
    .action(async (options: DbOptions) => {
      const devices = [...(await (await openDatabase(options.db)).devices()).values()];
      printTable(
        devices.map((device) => ({
          id: device.id,
          name: fullName(device),
          class: device.classes.join(', '),
          usb: device.usb.map((id) => `${id.vendorId.slice(2)}:${id.productId.slice(2)}`).join(', '),
        })),
        options.json ?? false,
      );
    });

  registerDbRelease(db);
  registerDbDiff(db);
}

/** Features have a dot between words, `scanning.listed`; a dot in the id of an image is between digits. */
function isFeature(text: string | undefined): boolean {
  return text !== undefined && /^[a-z][a-z0-9-]*\.[a-z]/.test(text);
}

function unknownFeature(asked: string, { device, image, features }: Assessment): HwlabError {
  const known = features.map((each) => each.feature);
  return new HwlabError({ code: 'unknown-feature', blame: 'usage', message: `nothing is known of feature "${asked.slice(0, 80)}" of ${device} on ${image}${didYouMean(asked, known)}`, advice: `hwlab db explain ${device} ${image}` });
}
