import { Option, type Command } from 'commander';
import { listedText } from '../../db/answers/listed-text.ts';
import { checkModel } from '../../db/check-device.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import type { Review } from '../../db/generated/review.ts';
import { writeReview } from '../../db/import/write-review.ts';

interface ReviewOptions {
  readonly says: Review['says'];
  readonly by: string;
  readonly source: string;
  readonly url: string;
  readonly date: string;
  readonly licence: string;
  readonly text?: string;
  readonly db: string;
  readonly json?: boolean;
}

/** `hwlab db review MODEL`: records that a named person read a public report of a device in use: evidence E3. */
export function registerDbReviewCommand(db: Command): void {
  db.command('review')
    .description('record that a person read a public report of a real device in use: evidence E3, with who, when and where')
    .argument('<model>', 'name, alias or id of a device, or of a model that imported lists know')
    .addOption(new Option('--says <word>', 'what the report says of it').choices(['works', 'limited', 'broken']).makeOptionMandatory())
    .requiredOption('--by <name>', 'name of the person who read it')
    .requiredOption('--source <name>', 'what was read: "Debian wiki, page of the printer"')
    .requiredOption('--url <address>', 'where it is')
    .requiredOption('--date <day>', 'day of the report, 2026-05-04')
    .requiredOption('--licence <terms>', 'under which terms its facts may be passed on')
    .option('--text <sentence>', "in the reviewer's own words: what was reported, on which system")
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .option('--json', 'the review as JSON')
    .addHelpText('after', '\nIt is shown by check, db explain, lists, pages and statements, beside the answer of the lab and never in it.\n\nExample:\n  ./hwlab db review "HP LaserJet 1320" --says works --by "A. Ivanova" --source "a wiki" --url https://wiki.example.org/1320 --date 2026-05-04 --licence "CC BY-SA 4.0" --text "prints on both sides on Debian 12"\n\nExit codes: 0 written to <database>/reviews/, 2 when the model is not known or something is wrong or missing.')
    .action(async (model: string, { says, by, source, url, date, licence, text, db: folder, json }: ReviewOptions) => {
      const now = new Date();
      const database = await openDatabase(folder);
      const check = await checkModel(database, model, { now });
      const { vendor, name } = 'device' in check ? check.device : check.listed;
      const draft = { vendor, name, says, ...(text === undefined ? {} : { text }), reviewer: by, reviewedAt: now.toISOString().slice(0, 10), source: { name: source, url, date, licence } };
      const { file, review } = await writeReview(database.folder, draft, now);
      if (json) {
        process.stdout.write(`${JSON.stringify({ file, review }, null, 2)}\n`);
        return;
      }
      const after = await checkModel(database, 'device' in check ? check.device.id : check.listed.id, { now });
      const lists = 'device' in after ? after.lists : after.listed;
      process.stdout.write(`${[file, ...(lists === undefined ? [] : listedText(lists, 'en', { own: 'device' in after }).claims.map((claim) => `  ${claim}`))].join('\n')}\n`);
    });
}
