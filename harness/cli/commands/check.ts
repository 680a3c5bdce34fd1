import { Option, type Command } from 'commander';
import { HwlabError } from '../../base/hwlab-error.ts';
import { plainSentence, reasonText } from '../../db/answers/answer-text.ts';
import { listedText, type ListedText } from '../../db/answers/listed-text.ts';
import { checkModel } from '../../db/check-device.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import type { Device } from '../../db/generated/device.ts';
import { fullName } from '../../db/identify-device.ts';
import type { Match } from '../../db/identity/match-devices.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { verdictTexts } from '../../db/verdicts/verdict-texts.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { assessmentLines, deviceLine } from '../check-text.ts';

interface CheckOptions {
  readonly image?: readonly string[];
  readonly db: string;
  readonly lang?: Language;
  readonly list?: string;
  readonly out?: string;
  readonly link?: string;
  readonly json?: boolean;
}

/** `hwlab check "MODEL"` and `hwlab check --list FILE`: what is known about a model, or about every line of a list. */
export function registerCheckCommand(program: Command): void {
  program
    .command('check')
    .description('say whether a model works, or every line of a list, on which release, and how we know')
    .argument('[model]', 'name, alias or USB id: "Kyocera M2040dn", "uno r3", 2341:0043')
    .option('--list <file>', 'check every line of a CSV, XLSX or ODS file instead')
    .option('--out <file>', 'write the checked list there, as .xlsx or .csv by its ending')
    .option('--link <url>', 'address of the lookup page, for the links in the file')
    .option('--image <id>', 'only this image; for a list more than once, or "all", and the worst decides about a line (default: all; for a list the releases in support)', (id, before: readonly string[] | undefined) => [...(before ?? []), id])
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .addOption(new Option('--lang <language>', 'language of the answer (default: en, of a list ru)').choices(['en', 'ru']))
    .option('--json', 'everything as JSON')
    .addHelpText(
      'after',
      `
Examples:
  ./hwlab check "Uno R3"
  ./hwlab check 2341:0043 --image debian-12 --json
  ./hwlab check "Kyocera M2040dn" --lang ru
  ./hwlab check --list tender.xlsx --image debian-12
  ./hwlab check --list tender.csv --image debian-12 --out checked.xlsx

Exit codes of a model: 0 whatever the verdict is, 2 for a model or image that is not known.
Exit codes of a list: 0 every line is one known model that works, or is expected to, on every image asked about; 1 some line is not; 2 the list cannot be read.`,
    )
    .action(async (model: string | undefined, options: CheckOptions) => {
      if (options.list !== undefined && model === undefined) await answerList(options.list, options);
      else if (options.list === undefined && model !== undefined) await answerModel(model, options);
      else throw new HwlabError({ code: 'bad-arguments', blame: 'usage', message: 'check takes a model or --list FILE', advice: 'hwlab check --help' });
    });
}

async function answerList(list: string, { image = [], db, lang = 'ru', out, link, json }: CheckOptions): Promise<void> {
  if (link !== undefined && !/^https?:\/\/[^\s"<>]+$/.test(link)) throw new HwlabError({ code: 'bad-arguments', blame: 'usage', message: `--link ${link.slice(0, 80)}: not an http or https address`, advice: 'give the address of the lookup page, http://hwlab.school.example/' });
  // Spreadsheets are for lists only; a single model is answered without loading what reads them.
  const [{ runCheckList }, { listText }] = await Promise.all([import('../check-list.ts'), import('../list-text.ts')]);
  const { read, check } = await runCheckList({ list, db, images: image, lang, now: new Date(), ...(out === undefined ? {} : { out }), ...(link === undefined ? {} : { link }) });
  if (!check.allGood) process.exitCode = exitCodes.product;
  if (json) {
    const { skipped, sheetsLeftOut, format, encoding } = read;
    process.stdout.write(`${JSON.stringify({ format, encoding: encoding ?? null, ...check, skipped, sheetsLeftOut }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${listText(read, check, lang).join('\n')}\n`);
}

async function answerModel(model: string, { image = [], db, lang = 'en', json, out }: CheckOptions): Promise<void> {
  if (out !== undefined) throw new HwlabError({ code: 'bad-arguments', blame: 'usage', message: '--out goes with --list', advice: 'hwlab check --help' });
  const [only, ...more] = image;
  if (more.length > 0) throw new HwlabError({ code: 'bad-arguments', blame: 'usage', message: 'a model is checked on one image or on all', advice: 'give one --image' });
  const database = await openDatabase(db);
  const check = await checkModel(database, model, { now: new Date(), ...(only === undefined ? {} : { image: only }) });
  if ('listed' in check) {
    const { listed, match } = check;
    const text = listedText(listed, lang, { own: false, listedBy: listed.listedBy });
    if (json) process.stdout.write(`${JSON.stringify({ listed, match, text }, null, 2)}\n`);
    else process.stdout.write(`${[`${listed.fullName} (${listed.id}${listed.usb.length > 0 ? `; USB ${listed.usb.slice(0, 4).join(', ')}` : ''})`, text.sentence, '', ...listedLines(text)].join('\n')}\n`);
    return;
  }
  const { device, match, assessments, lists, badLines } = check;
  for (const bad of badLines.filter((line) => !line.unfinished)) process.stderr.write(`hwlab: ${bad.file}:${bad.line}: ${bad.reason}; this line was left out\n`);
  if (json) {
    const answers = assessments.map((assessment) => ({
      ...assessment,
      text: verdictTexts[lang].headline[assessment.headline],
      sentence: plainSentence(device, assessment, lang),
    }));
    process.stdout.write(`${JSON.stringify({ device, match: match ?? null, answers, publicLists: lists ?? null, badLines }, null, 2)}\n`);
    return;
  }
  if (match !== undefined) process.stdout.write(`${await readAsLine(model, device, match, lang)}\n`);
  process.stdout.write(`${deviceLine(device, lang)}\n${device.invented === undefined ? '' : `${reasonText({ code: 'not-a-product' }, lang)}\n`}`);
  for (const assessment of assessments) process.stdout.write(`\n${assessmentLines(device, assessment, lang).join('\n')}\n`);
  if (lists !== undefined) {
    const text = listedText(lists, lang, { own: true });
    process.stdout.write(`\n${[`${text.title}: ${text.sentence}`, ...listedLines(text)].join('\n')}\n`);
  }
}

function listedLines({ claims, note }: ListedText): readonly string[] {
  return [...claims.map((claim) => `  ${claim}`), `  ${note}`];
}

/** What was typed is none of the device's names: that, how sure we are, and why. */
async function readAsLine(asked: string, device: Device, match: Match, lang: Language): Promise<string> {
  const { explainReason } = await import('../../db/identity/explain-reason.ts');
  const why = match.because.map((reason) => explainReason(reason, lang)).join('; ');
  const sure = `${Math.round(match.confidence * 100)} %`;
  return lang === 'ru' ? `«${asked.slice(0, 80)}» прочитано как ${fullName(device)} (${sure}): ${why}` : `"${asked.slice(0, 80)}" is read as ${fullName(device)} (${sure}): ${why}`;
}
