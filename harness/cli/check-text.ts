import type { Device } from '../db/generated/device.ts';
import { fullName } from '../db/identify-device.ts';
import type { AssessedFeature, AssessedTest, Assessment } from '../db/verdicts/assess-device.ts';
import { verdictTexts, type Language } from '../db/verdicts/verdict-texts.ts';
import { isReal } from '../db/verdicts/best-evidence.ts';
import { scores } from '../db/verdicts/score-test.ts';

/** Sentences of `hwlab check` in one language. */
interface CheckTexts {
  readonly classes: Readonly<Record<Device['classes'][number], string>>;
  readonly sentence: Readonly<Record<Assessment['headline'], (name: string, image: string) => string>>;
  readonly onEmulated: (passed: number, all: number, day: string) => string;
  readonly onReal: (passed: number, all: number, day: string) => string;
  readonly evidence: string;
  readonly tested: (first: string, last: string, nights: number) => string;
  readonly counts: (passed: number, failed: number, skipped: number, unfinished: number) => string;
  readonly passed: string;
  readonly failed: string;
  readonly unsteady: string;
  readonly skipped: string;
  readonly unfinished: string;
  readonly flake: string;
  readonly fault: Readonly<Record<NonNullable<AssessedTest['fault']>, string>>;
  readonly neverRun: (feature: string) => string;
  readonly contested: string;
  readonly suspect: string;
  readonly wentDown: (headline: string) => string;
  readonly since: (firstBad: string, lastGood: string | undefined) => string;
}

const texts: Readonly<Record<Language, CheckTexts>> = {
  en: {
    classes: { printer: 'printer', scanner: 'scanner', panel: 'interactive panel', robotics: 'robotics kit', storage: 'USB stick' },
    sentence: {
      certified: (name, image) => `On ${image} the ${name} works; a reviewer has certified it.`,
      works: (name, image) => `On ${image} the ${name} works.`,
      'works-with-limits': (name, image) => `On ${image} the ${name} works, with the limits below.`,
      'does-not-work': (name, image) => `On ${image} the ${name} does not work.`,
      conflicting: (name, image) => `On ${image} our results for the ${name} contradict each other; a person has to look.`,
      'expected-to-work': (name, image) => `On ${image} we expect the ${name} to work, but have not tested it on a real device.`,
      'expected-not-to-work': (name, image) => `On ${image} we expect the ${name} not to work, but have not tested it on a real device.`,
      'not-tested': (name, image) => `We cannot say whether the ${name} works on ${image}.`,
    },
    onEmulated: (passed, all, day) => `With an emulated device ${passed} of ${all} tests passed, last on ${day}.`,
    onReal: (passed, all, day) => `With a real device ${passed} of ${all} tests passed, last on ${day}.`,
    evidence: 'evidence',
    tested: (first, last, nights) => `tested on ${nights} ${nights === 1 ? 'night' : 'nights'}, ${first === last ? last : `${first} to ${last}`}`,
    counts: (passed, failed, skipped, unfinished) => `${passed} passed, ${failed} failed, ${skipped} skipped${unfinished > 0 ? `, ${unfinished} without a result` : ''}`,
    passed: 'passed',
    failed: 'FAILED',
    unsteady: 'unsteady',
    skipped: 'skipped',
    unfinished: 'no result',
    flake: 'passed when tried again',
    fault: { test: 'flaky on many devices, so by the fault of the test', bench: 'flaky on this machine only, so by the fault of the machine' },
    neverRun: (feature) => `the required feature ${feature} has never been tested`,
    contested: 'contested: newer evidence of a lower level says the opposite',
    suspect: 'suspect: one failure that nothing has confirmed yet',
    wentDown: (headline) => `when it was tested: ${headline}`,
    since: (firstBad, lastGood) => `since ${firstBad}${lastGood === undefined ? '; no pass before' : `; last pass ${lastGood}`}`,
  },
  ru: {
    classes: { printer: 'принтер', scanner: 'сканер', panel: 'интерактивная панель', robotics: 'набор робототехники', storage: 'USB-накопитель' },
    sentence: {
      certified: (name, image) => `${name} работает на ${image}; это подтвердил эксперт.`,
      works: (name, image) => `${name} работает на ${image}.`,
      'works-with-limits': (name, image) => `${name} работает на ${image} с ограничениями, указанными ниже.`,
      'does-not-work': (name, image) => `${name} не работает на ${image}.`,
      conflicting: (name, image) => `Наши результаты для ${name} на ${image} противоречат друг другу; нужно решение человека.`,
      'expected-to-work': (name, image) => `${name} должен работать на ${image}, но на настоящем устройстве мы этого не проверяли.`,
      'expected-not-to-work': (name, image) => `${name} работать на ${image} не должен, но на настоящем устройстве мы этого не проверяли.`,
      'not-tested': (name, image) => `Мы не можем сказать, работает ли ${name} на ${image}.`,
    },
    onEmulated: (passed, all, day) => `С эмулированным устройством пройдено проверок: ${passed} из ${all}, последняя ${day}.`,
    onReal: (passed, all, day) => `С настоящим устройством пройдено проверок: ${passed} из ${all}, последняя ${day}.`,
    evidence: 'основание',
    tested: (first, last, nights) => `проверок (ночей): ${nights}, ${first === last ? last : `с ${first} по ${last}`}`,
    counts: (passed, failed, skipped, unfinished) => `пройдено ${passed}, не пройдено ${failed}, пропущено ${skipped}${unfinished > 0 ? `, без результата ${unfinished}` : ''}`,
    passed: 'пройдено',
    failed: 'НЕ ПРОЙДЕНО',
    unsteady: 'нестабильно',
    skipped: 'пропущено',
    unfinished: 'нет результата',
    flake: 'пройдено со второй попытки',
    fault: { test: 'нестабильно на многих устройствах: виновата сама проверка', bench: 'нестабильно только на этой машине: виновата машина' },
    neverRun: (feature) => `обязательная функция ${feature} ещё не проверялась`,
    contested: 'спорно: более новые данные меньшей силы говорят обратное',
    suspect: 'под вопросом: один сбой, который пока не подтвердился',
    wentDown: (headline) => `на момент проверки: ${headline}`,
    since: (firstBad, lastGood) => `с ${firstBad}${lastGood === undefined ? '; раньше не проходило' : `; в последний раз прошло ${lastGood}`}`,
  },
};

/** What a device is: name, classes, USB ids. */
export function deviceLine(device: Device, language: Language): string {
  const classes = device.classes.map((name) => texts[language].classes[name]).join(', ');
  const usb = device.usb.map((id) => `${id.vendorId.slice(2)}:${id.productId.slice(2)}`).join(', ');
  return `${fullName(device)} (${classes}${usb === '' ? '' : `; USB ${usb}`}; ${device.id})`;
}

/** The answer for one image: headline, a plain sentence, dates, and every test with its outcome. */
export function assessmentLines(device: Device, assessment: Assessment, language: Language): readonly string[] {
  const { headline, headlineWhenTested, level, freshness, features } = assessment;
  const own = texts[language];
  const words = verdictTexts[language];
  const tests = features.flatMap((feature) => feature.tests.map((test) => ({ feature, test })));
  const lines = [`${assessment.image}: ${words.headline[headline]}`, `  ${plainSentence(device, assessment, language)}`];
  if (headline !== headlineWhenTested) lines.push(`  ${own.wentDown(words.headline[headlineWhenTested])}`);
  if (tests.length === 0) return lines;
  const facts = [
    ...(level === undefined ? [] : [`${own.evidence} ${words.evidence[level]}`]),
    own.tested(day(assessment.firstTestedAt), day(assessment.lastTestedAt), assessment.nights),
    ...(freshness === undefined ? [] : [words.freshness[freshness]]),
  ];
  lines.push(`  ${facts.join('; ')}`, `  ${own.counts(...countsOf(tests.map(({ test }) => test)))}`);
  if (assessment.contested) lines.push(`  ${own.contested}`);
  if (assessment.suspect) lines.push(`  ${own.suspect}`);
  for (const feature of features.filter((each) => each.level === undefined && each.requirement === 'required')) lines.push(`  ! ${own.neverRun(feature.feature)}`);
  return [...lines, ...tests.map(({ feature, test }) => `  ${testLine(feature, test, language)}`)];
}

/** One sentence or two that a person without the vocabulary understands. */
export function plainSentence(device: Device, { headline, image, level, features }: Assessment, language: Language): string {
  const own = texts[language];
  const scored = features.flatMap((feature) => feature.tests).filter((test) => test.scoredRuns > 0 && scores[test.last.outcome]);
  const main = own.sentence[headline](fullName(device), image);
  const newest = scored.map((test) => test.last.at).sort().at(-1);
  if (newest === undefined) return main;
  const passed = scored.filter((test) => test.last.outcome === 'PASS').length;
  const real = level === undefined ? features.some((feature) => feature.level !== undefined && isReal[feature.level]) : isReal[level];
  return `${main} ${(real ? own.onReal : own.onEmulated)(passed, scored.length, day(newest))}`;
}

function testLine({ feature, requirement }: AssessedFeature, { title, verdict, fault, last, firstBad, lastGood }: AssessedTest, language: Language): string {
  const own = texts[language];
  const level = verdictTexts[language].requirement[requirement];
  const what = `${title} [${feature}, ${level}]${fault === undefined ? '' : ` (${own.fault[fault]})`}`;
  switch (last.outcome) {
    case 'PASS':
      return verdict === 'unstable' ? `~ ${own.unsteady}: ${what}` : `+ ${own.passed}: ${what}${last.flake ? ` (${own.flake})` : ''}`;
    case 'FAIL': {
      const since = firstBad === undefined ? '' : ` (${own.since(day(firstBad.at), lastGood === undefined ? undefined : day(lastGood.at))})`;
      return `- ${own.failed}: ${what}: ${oneLine(last.failure?.message ?? '')}${since}`;
    }
    case 'SKIP':
      return `  ${own.skipped}: ${what}: ${oneLine(last.skipReason ?? '')}`;
    case 'DONE':
      return `  ${own.passed}: ${what}`;
    case 'ERROR':
    case 'MISS':
      return `? ${own.unfinished}: ${what}: ${oneLine(last.failure?.message ?? '')}`;
  }
}

function countsOf(tests: readonly AssessedTest[]): readonly [passed: number, failed: number, skipped: number, unfinished: number] {
  const count = (...outcomes: readonly AssessedTest['last']['outcome'][]): number => tests.filter((test) => outcomes.includes(test.last.outcome)).length;
  return [count('PASS', 'DONE'), count('FAIL'), count('SKIP'), count('ERROR', 'MISS')];
}

function day(at: string): string {
  return at.slice(0, 10);
}

/** Text from the guest on one line without control characters. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim().slice(0, 200);
}
