import { Option, type Command } from 'commander';
import { plainSentence } from '../../db/answers/answer-text.ts';
import { checkDevice } from '../../db/check-device.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { verdictTexts } from '../../db/verdicts/verdict-texts.ts';
import { assessmentLines, deviceLine } from '../check-text.ts';

interface CheckOptions {
  readonly image?: string;
  readonly db: string;
  readonly lang: Language;
  readonly json?: boolean;
}

/** `hwlab check "MODEL"`: what is known about a model. Exit code 0 whatever the verdict is, 2 for a model that is not known. */
export function registerCheckCommand(program: Command): void {
  program
    .command('check')
    .description('say whether a model works, on which release, and how we know')
    .argument('<model>', 'name, alias or USB id: "Kyocera M2040dn", "uno r3", 2341:0043')
    .option('--image <id>', 'only this image')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .addOption(new Option('--lang <language>', 'language of the answer').choices(['en', 'ru']).default('en'))
    .option('--json', 'everything as JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab check "Uno R3"\n  ./hwlab check 2341:0043 --image debian-12 --json\n  ./hwlab check "Kyocera M2040dn" --lang ru\n\nExit codes: 0 whatever the verdict is, 2 for a model or image that is not known.')
    .action(async (model: string, options: CheckOptions) => {
      const database = await openDatabase(options.db);
      const { device, assessments, badLines } = await checkDevice(database, model, { now: new Date(), ...(options.image === undefined ? {} : { image: options.image }) });
      for (const bad of badLines.filter((line) => !line.unfinished)) process.stderr.write(`hwlab: ${bad.file}:${bad.line}: ${bad.reason}; this line was left out\n`);
      if (options.json) {
        const answers = assessments.map((assessment) => ({
          ...assessment,
          text: verdictTexts[options.lang].headline[assessment.headline],
          sentence: plainSentence(device, assessment, options.lang),
        }));
        process.stdout.write(`${JSON.stringify({ device, answers, badLines }, null, 2)}\n`);
        return;
      }
      process.stdout.write(`${deviceLine(device, options.lang)}\n`);
      for (const assessment of assessments) process.stdout.write(`\n${assessmentLines(device, assessment, options.lang).join('\n')}\n`);
    });
}
