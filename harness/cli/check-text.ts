import { oneLine } from '../base/one-line.ts';
import { ruleReasons } from '../db/answers/answer-reasons.ts';
import { classNames, plainSentence, reasonText } from '../db/answers/answer-text.ts';
import type { Device } from '../db/generated/device.ts';
import { fullName } from '../db/identify-device.ts';
import type { AssessedFeature, AssessedTest, Assessment } from '../db/verdicts/assess-device.ts';
import { verdictTexts, type Language } from '../db/verdicts/verdict-texts.ts';

/** Sentences of `hwlab check` in one language. */
interface CheckTexts {
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
  const classes = device.classes.map((name) => classNames[language][name]).join(', ');
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
  lines.push(...ruleReasons(assessment).map((reason) => `  ${reasonText(reason, language)}`));
  if (tests.length === 0 && assessment.rules.length > 0) lines.push(`  ${[...(level === undefined ? [] : [`${own.evidence} ${words.evidence[level]}`]), ...(freshness === undefined ? [] : [words.freshness[freshness]])].join('; ')}`);
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

function testLine({ feature, requirement }: AssessedFeature, { title, verdict, fault, last, firstBad, lastGood }: AssessedTest, language: Language): string {
  const own = texts[language];
  const level = verdictTexts[language].requirement[requirement];
  const what = `${title} [${feature}, ${level}]${fault === undefined ? '' : ` (${own.fault[fault]})`}`;
  switch (last.outcome) {
    case 'PASS':
      return verdict === 'unstable' ? `~ ${own.unsteady}: ${what}` : `+ ${own.passed}: ${what}${last.flake ? ` (${own.flake})` : ''}`;
    case 'FAIL': {
      const since = firstBad === undefined ? '' : ` (${own.since(day(firstBad.at), lastGood === undefined ? undefined : day(lastGood.at))})`;
      return `- ${own.failed}: ${what}: ${oneLine(last.failure?.message ?? '', 200)}${since}`;
    }
    case 'SKIP':
      return `  ${own.skipped}: ${what}: ${oneLine(last.skipReason ?? '', 200)}`;
    case 'DONE':
      return `  ${own.passed}: ${what}`;
    case 'ERROR':
    case 'MISS':
      return `? ${own.unfinished}: ${what}: ${oneLine(last.failure?.message ?? '', 200)}`;
  }
}

function countsOf(tests: readonly AssessedTest[]): readonly [passed: number, failed: number, skipped: number, unfinished: number] {
  const count = (...outcomes: readonly AssessedTest['last']['outcome'][]): number => tests.filter((test) => outcomes.includes(test.last.outcome)).length;
  return [count('PASS', 'DONE'), count('FAIL'), count('SKIP'), count('ERROR', 'MISS')];
}

function day(at: string): string {
  return at.slice(0, 10);
}
