import { featureName } from '../answers/feature-names.ts';
import { claimText } from '../answers/listed-text.ts';
import { verdictTexts, type Language } from '../verdicts/verdict-texts.ts';
import type { AnswerChange, ChangeKind, ChangeReason } from './compare-answers.ts';
import type { ListedChange } from './compare-listed.ts';

interface ChangeTexts {
  readonly kind: Readonly<Record<ChangeKind, string>>;
  readonly reason: { readonly [Code in ChangeReason['code']]: (reason: Extract<ChangeReason, { readonly code: Code }>) => string };
  readonly nothing: string;
  readonly loses: (headline: string, count: number) => string;
  readonly gains: (headline: string, count: number) => string;
}

const featuresText = (features: readonly string[], language: Language): string => features.map((feature) => featureName(feature.slice(feature.indexOf('/') + 1), language)).join(', ');
const word = (text: string | null): string => text ?? '–';

const en: ChangeTexts = {
  kind: {
    regressed: 'Regressions: it worked, and does not any more',
    withdrawn: 'Nothing is known any more',
    downgraded: 'Downgraded',
    removed: 'Devices that are gone',
    changed: 'The same word, other facts',
    upgraded: 'Upgraded',
    answered: 'Answers where there were none',
    added: 'New devices',
  },
  reason: {
    'features-fail': ({ features }) => `fails now: ${featuresText(features, 'en')}`,
    'features-work': ({ features }) => `works now: ${featuresText(features, 'en')}`,
    'features-gone': ({ features }) => `no longer tested: ${featuresText(features, 'en')}`,
    'features-new': ({ features }) => `tested for the first time: ${featuresText(features, 'en')}`,
    level: ({ from, to }) => `evidence ${word(from)} became ${word(to)}`,
    freshness: ({ from, to }) => `freshness: ${freshness(from, 'en')}, now ${freshness(to, 'en')}`,
    contested: () => 'newer evidence of a lower level says the opposite',
    'newer-runs': () => 'there are newer runs',
    'no-runs': () => 'there are no runs any more',
    'device-new': () => 'the device is new in the database',
    'device-gone': () => 'the device is no longer in the database',
  },
  nothing: 'No answer changed.',
  loses: (headline, count) => `${count} ${count === 1 ? 'device loses' : 'devices lose'} "${headline}"`,
  gains: (headline, count) => `${count} ${count === 1 ? 'device gains' : 'devices gain'} "${headline}"`,
};

const ru: ChangeTexts = {
  kind: {
    regressed: 'Перестало работать',
    withdrawn: 'Сведений больше нет',
    downgraded: 'Стало хуже',
    removed: 'Удалённые устройства',
    changed: 'Вывод тот же, сведения другие',
    upgraded: 'Стало лучше',
    answered: 'Появился вывод',
    added: 'Новые устройства',
  },
  reason: {
    'features-fail': ({ features }) => `перестало работать: ${featuresText(features, 'ru')}`,
    'features-work': ({ features }) => `заработало: ${featuresText(features, 'ru')}`,
    'features-gone': ({ features }) => `больше не проверяется: ${featuresText(features, 'ru')}`,
    'features-new': ({ features }) => `проверено впервые: ${featuresText(features, 'ru')}`,
    level: ({ from, to }) => `основание было ${word(from)}, стало ${word(to)}`,
    freshness: ({ from, to }) => `свежесть: было «${freshness(from, 'ru')}», стало «${freshness(to, 'ru')}»`,
    contested: () => 'более новые данные меньшей силы говорят обратное',
    'newer-runs': () => 'есть более новые проверки',
    'no-runs': () => 'проверок больше нет',
    'device-new': () => 'устройство появилось в базе',
    'device-gone': () => 'устройства больше нет в базе',
  },
  nothing: 'Выводы не изменились.',
  loses: (headline, count) => `теряют «${headline}»: ${count}`,
  gains: (headline, count) => `получают «${headline}»: ${count}`,
};

export const changeTexts: Readonly<Record<Language, ChangeTexts>> = { en, ru };

/** A reason as a sentence without a full stop. */
export function reasonText(reason: ChangeReason, language: Language): string {
  const say = changeTexts[language].reason[reason.code] as (each: ChangeReason) => string;
  return say(reason);
}

/** `Kyocera M2040dn, debian-12: Works -> Does not work (fails now: ...)`. */
export function changeText({ name, device, image, from, to, because }: AnswerChange, language: Language): string {
  const words = verdictTexts[language].headline;
  const where = image === '' ? '' : `, ${image}: ${from === to ? words[to] : `${words[from]} → ${words[to]}`}`;
  const why = because.map((reason) => reasonText(reason, language)).join('; ');
  return `${name} (${device})${where}${why === '' ? '' : ` (${why})`}`;
}

/** `3 devices lose "Certified"`: a line for each headline that devices lose or gain, losses first. A device counts once. */
export function tallyTexts(changes: readonly AnswerChange[], language: Language): readonly string[] {
  const words = verdictTexts[language].headline;
  const tally = (which: 'from' | 'to', say: ChangeTexts['loses']): readonly string[] =>
    (Object.keys(words) as AnswerChange['from'][]).flatMap((headline) => {
      const devices = new Set(changes.filter((change) => change.from !== change.to && change[which] === headline).map(({ device }) => device));
      return headline === 'not-tested' || devices.size === 0 ? [] : [say(words[headline], devices.size)];
    });
  return [...tally('from', changeTexts[language].loses), ...tally('to', changeTexts[language].gains)];
}

function freshness(value: string | null, language: Language): string {
  const words: Readonly<Record<string, string>> = verdictTexts[language].freshness;
  return (value === null ? undefined : words[value])?.split(':')[0] ?? '–';
}

const listedWords = {
  en: { heading: 'What public lists and reviewed reports let expect. It changes no answer', said: 'now said', unsaid: 'no longer said', of: { 'expected-to-work': 'expected to work', 'expected-not-to-work': 'expected not to work', 'not-tested': 'nothing to expect' } },
  ru: { heading: 'Чего ждать по открытым спискам и прочитанным отчётам. Выводы от этого не меняются', said: 'появилось', unsaid: 'пропало', of: { 'expected-to-work': 'должно работать', 'expected-not-to-work': 'не должно работать', 'not-tested': 'сказать нечего' } },
} as const;

/** Most sources that are told of one model. */
const mostSources = 3;

/** The models of which public lists and reports say something else, under a heading; nothing when there are none. */
export function listedChangeTexts(changes: readonly ListedChange[], language: Language): { readonly heading: string; readonly lines: readonly string[] } {
  const { heading, said, unsaid, of } = listedWords[language];
  const sources = (word: string, claims: ListedChange['said']): readonly string[] => claims.slice(0, mostSources).map((claim) => `${word}: ${claimText(claim, language)}`);
  const lines = changes.map(({ name, from, to, said: now, unsaid: before }) => [`${name}: ${from === to ? of[to] : `${of[from]} → ${of[to]}`}`, ...sources(said, now), ...sources(unsaid, before)].join('; '));
  return { heading, lines };
}
