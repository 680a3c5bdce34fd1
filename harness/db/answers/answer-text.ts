import type { Device, DeviceClass } from '../generated/device.ts';
import { fullName } from '../identify-device.ts';
import type { Assessment } from '../verdicts/assess-device.ts';
import { isReal } from '../verdicts/best-evidence.ts';
import type { Need } from '../verdicts/need.ts';
import { scores } from '../verdicts/score-test.ts';
import { verdictTexts, type Language } from '../verdicts/verdict-texts.ts';
import type { Limit } from './answer-limits.ts';
import type { Reason } from './answer-reasons.ts';
import { featureName } from './feature-names.ts';

/** An answer in the words of one language, without markup. */
export interface AnswerText {
  /** The headline: `Works with limits`. */
  readonly headline: string;
  /** One or two sentences for a person without the vocabulary. */
  readonly sentence: string;
  readonly level: string | null;
  readonly freshness: string | null;
  readonly reasons: readonly string[];
  readonly limits: readonly string[];
  readonly needs: readonly string[];
}

/** What people call a class of devices. */
export const classNames: Readonly<Record<Language, Readonly<Record<DeviceClass, string>>>> = {
  en: { printer: 'printer', scanner: 'scanner', panel: 'interactive panel', robotics: 'robotics kit', storage: 'USB stick', camera: 'document camera', computer: 'computer' },
  ru: { printer: 'принтер', scanner: 'сканер', panel: 'интерактивная панель', robotics: 'набор робототехники', storage: 'USB-накопитель', camera: 'документ-камера', computer: 'компьютер' },
};

interface Words {
  readonly locale: string;
  readonly sentence: Readonly<Record<Assessment['headline'], (name: string, image: string) => string>>;
  readonly counted: (passed: number, total: number, real: boolean, day: string) => string;
  readonly reason: { readonly [Code in Reason['code']]: (reason: Extract<Reason, { readonly code: Code }>, say: Say) => string };
  readonly limit: (limit: Limit) => string;
  readonly need: Readonly<Record<Need['kind'], (what: string) => string>>;
}

/** How names and dates are said in a language. */
interface Say {
  readonly day: (iso: string) => string;
  readonly features: (ids: readonly string[]) => string;
  readonly classes: (classes: readonly DeviceClass[]) => string;
}

const en: Words = {
  locale: 'en-GB',
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
  counted: (passed, total, real, day) => `With ${real ? 'a real' : 'an emulated'} device ${passed} of ${total} tests passed, last on ${day}.`,
  reason: {
    tests: ({ passed, total, real, lastAt }, say) => `${passed} of ${total} tests passed on ${real ? 'a real' : 'an emulated'} device, last on ${say.day(lastAt)}.`,
    'virtual-only': () => 'The programs of the release were tried with an emulated device; no real unit was tried.',
    'required-fails': ({ features }, say) => `What it must do does not work: ${say.features(features)}.`,
    'recommended-fails': ({ features }, say) => `What it should do does not work: ${say.features(features)}.`,
    'after-setup': ({ features }, say) => `Works once what is needed was installed or set: ${say.features(features)}.`,
    'in-part': ({ features }, say) => `Works only in part: ${say.features(features)}.`,
    unsteady: ({ features }, say) => `Does not always work: ${say.features(features)}.`,
    'required-untested': ({ features }, say) => `There is no result yet for: ${say.features(features)}.`,
    'units-disagree': ({ features }, say) => `It works on some machines and fails on others: ${say.features(features)}.`,
    contested: ({ features }, say) => `Newer but weaker evidence says the opposite: ${say.features(features)}.`,
    suspect: ({ features }, say) => `Failed once, not confirmed: ${say.features(features)}.`,
    freshness: ({ freshness }) => capital(`${verdictTexts.en.freshness[freshness]}.`),
    'class-untested': ({ classes }, say) => `Not tested at all: the ${say.classes(classes)}.`,
    'image-support-ended': ({ date }, say) => `Regular support of this release ended on ${say.day(date)}.`,
    'rule-claims': ({ drivers }) => `Nobody has tested it, but the release has a driver that claims it: ${drivers.join(', ')}.`,
    'rule-none': ({ classes }, say) => `Nobody has tested it, and no driver of the release claims it (${say.classes(classes)}).`,
    'not-a-product': () => 'This is no product: the lab made it up to test drivers. Nobody can buy it.',
    'nothing-known': () => 'Nobody has tested it on this release. That does not mean that it does not work.',
  },
  limit: ({ feature, verdict, afterSetup, parts }) => `${capital(featureName(feature, 'en'))}: ${afterSetup ? 'works after setup' : verdictTexts.en.verdict[verdict]}${parts.length > 0 ? ` (${parts.join('; ')})` : ''}`,
  need: {
    package: (what) => `Install the package ${what}.`,
    firmware: (what) => `Install the firmware ${what}.`,
    plugin: (what) => `Install the vendor's plugin ${what}.`,
    quirk: (what) => `Add the quirk: ${what}.`,
    kernel: (what) => `Needs kernel ${what} or newer.`,
    setting: (what) => `Set: ${what}.`,
  },
};

const ru: Words = {
  locale: 'ru-RU',
  sentence: {
    certified: (name, image) => `${name} работает на выпуске «${image}»; это подтвердил эксперт.`,
    works: (name, image) => `${name} работает на выпуске «${image}».`,
    'works-with-limits': (name, image) => `${name} работает на выпуске «${image}» с ограничениями, указанными ниже.`,
    'does-not-work': (name, image) => `${name} не работает на выпуске «${image}».`,
    conflicting: (name, image) => `Наши результаты для ${name} на выпуске «${image}» противоречат друг другу; нужно решение человека.`,
    'expected-to-work': (name, image) => `${name} должен работать на выпуске «${image}», но на настоящем устройстве мы этого не проверяли.`,
    'expected-not-to-work': (name, image) => `${name} работать на выпуске «${image}» не должен, но на настоящем устройстве мы этого не проверяли.`,
    'not-tested': (name, image) => `Мы не можем сказать, работает ли ${name} на выпуске «${image}».`,
  },
  counted: (passed, total, real, day) => `С ${real ? 'настоящим' : 'эмулированным'} устройством пройдено проверок: ${passed} из ${total}, последняя ${day}`,
  reason: {
    tests: ({ passed, total, real, lastAt }, say) => `Пройдено проверок: ${passed} из ${total}, на ${real ? 'настоящем' : 'эмулированном'} устройстве, последняя ${say.day(lastAt)}`,
    'virtual-only': () => 'Программы выпуска проверены с эмулированным устройством; настоящий экземпляр не проверялся.',
    'required-fails': ({ features }, say) => `Не работает обязательное: ${say.features(features)}.`,
    'recommended-fails': ({ features }, say) => `Не работает желательное: ${say.features(features)}.`,
    'after-setup': ({ features }, say) => `Работает после установки или настройки: ${say.features(features)}.`,
    'in-part': ({ features }, say) => `Работает лишь частично: ${say.features(features)}.`,
    unsteady: ({ features }, say) => `Работает не всегда: ${say.features(features)}.`,
    'required-untested': ({ features }, say) => `Результата пока нет: ${say.features(features)}.`,
    'units-disagree': ({ features }, say) => `На одних машинах работает, на других нет: ${say.features(features)}.`,
    contested: ({ features }, say) => `Более новые, но менее надёжные данные говорят обратное: ${say.features(features)}.`,
    suspect: ({ features }, say) => `Был один сбой, не подтверждён: ${say.features(features)}.`,
    freshness: ({ freshness }) => capital(`${verdictTexts.ru.freshness[freshness]}.`),
    'class-untested': ({ classes }, say) => `Совсем не проверялось: ${say.classes(classes)}.`,
    'image-support-ended': ({ date }, say) => `Обычная поддержка этого выпуска закончилась ${say.day(date)}`,
    'rule-claims': ({ drivers }) => `Никто не проверял, но в выпуске есть драйвер, который заявляет поддержку: ${drivers.join(', ')}.`,
    'rule-none': ({ classes }, say) => `Никто не проверял, и ни один драйвер выпуска не заявляет поддержку (${say.classes(classes)}).`,
    'not-a-product': () => 'Это не товар: лаборатория придумала это устройство, чтобы проверять драйверы. Купить его нельзя.',
    'nothing-known': () => 'На этом выпуске никто не проверял. Это не значит, что устройство не работает.',
  },
  limit: ({ feature, verdict, afterSetup }) => `${capital(featureName(feature, 'ru'))}: ${afterSetup ? 'работает после настройки' : verdictTexts.ru.verdict[verdict]}`,
  need: {
    package: (what) => `Установить пакет ${what}.`,
    firmware: (what) => `Установить микропрограмму ${what}.`,
    plugin: (what) => `Установить модуль изготовителя ${what}.`,
    quirk: (what) => `Добавить исправление: ${what}.`,
    kernel: (what) => `Нужно ядро ${what} или новее.`,
    setting: (what) => `Настроить: ${what}.`,
  },
};

const words: Readonly<Record<Language, Words>> = { en, ru };

export interface TextFacts {
  readonly device: Device;
  readonly imageName: string;
  readonly assessment: Assessment;
  readonly reasons: readonly Reason[];
  readonly limits: readonly Limit[];
  readonly needs: readonly Need[];
  readonly language: Language;
}

/** All words of an answer in one language. */
export function answerText({ device, imageName, assessment, reasons, limits, needs, language }: TextFacts): AnswerText {
  const { headline, level, freshness } = assessment;
  const own = words[language];
  return {
    headline: verdictTexts[language].headline[headline],
    sentence: plainSentence(device, assessment, language, imageName),
    level: level === undefined ? null : verdictTexts[language].evidence[level],
    freshness: freshness === undefined ? null : verdictTexts[language].freshness[freshness],
    reasons: reasons.map((reason) => reasonText(reason, language)),
    limits: limits.map((limit) => own.limit(limit)),
    needs: needs.map(({ kind, what }) => own.need[kind](what)),
  };
}

/** The sentence of one reason. */
export function reasonText(reason: Reason, language: Language): string {
  const write = words[language].reason[reason.code] as (reason: Reason, say: Say) => string;
  return write(reason, sayIn(language));
}

/** One sentence or two that a person without the vocabulary understands. */
export function plainSentence(device: Device, { headline, image, level, features }: Assessment, language: Language, imageName = image): string {
  const own = words[language];
  const scored = features.flatMap((feature) => feature.tests).filter((test) => test.scoredRuns > 0 && scores[test.last.outcome]);
  const main = own.sentence[headline](fullName(device), imageName);
  const newest = scored.map((test) => test.last.at).sort().at(-1);
  if (newest === undefined) return main;
  const passed = scored.filter((test) => test.last.outcome === 'PASS').length;
  const real = level === undefined ? features.some((feature) => feature.level !== undefined && isReal[feature.level]) : isReal[level];
  return `${main} ${own.counted(passed, scored.length, real, sayIn(language).day(newest))}`;
}

/** A day in the language's way, UTC: `22 November 2026`, `22 ноября 2026 г.`, which ends a sentence by itself. */
export function dayText(iso: string, language: Language): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const key = `${language} ${Math.floor(date.getTime() / 86_400_000)}`;
  const known = dayTexts.get(key);
  if (known !== undefined) return known;
  const text = dayFormat(language).format(date);
  if (dayTexts.size >= mostDays) dayTexts.clear();
  dayTexts.set(key, text);
  return text;
}

/** Days as they were written before: results of one night are of one day, and writing one takes 20 microseconds. */
const dayTexts = new Map<string, string>();
const mostDays = 2_000;

/** Made when first needed: making one takes ten milliseconds. */
const dayFormats = new Map<Language, Intl.DateTimeFormat>();

function dayFormat(language: Language): Intl.DateTimeFormat {
  const format = dayFormats.get(language) ?? new Intl.DateTimeFormat(words[language].locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  dayFormats.set(language, format);
  return format;
}

function sayIn(language: Language): Say {
  return {
    day: (iso) => dayText(iso, language),
    features: (ids) => ids.map((id) => featureName(id, language)).join(', '),
    classes: (classes) => classes.map((name) => classNames[language][name]).join(', '),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
