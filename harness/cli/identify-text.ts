import { oneLine } from '../base/one-line.ts';
import { explainReason } from '../db/identity/explain-reason.ts';
import type { Identification, NamedMatch } from '../db/identity/identify.ts';
import type { ExpectedHeadline, SourcedClaim } from '../db/import/expectation.ts';
import { verdictTexts, type Language } from '../db/verdicts/verdict-texts.ts';

const headings: Readonly<Record<Language, Readonly<Record<Identification['decision'], string>>>> = {
  en: { one: 'It is', several: 'It may be any of these; which one is for you to say', related: 'This device is not known; these are alike', none: 'Nothing like it is known' },
  ru: { one: 'Это', several: 'Может быть любым из этих; выберите сами', related: 'Такое устройство неизвестно; похожие', none: 'Ничего похожего не известно' },
};

const more: Readonly<Record<Language, string>> = { en: 'Others that are alike', ru: 'Другие похожие' };

const lists: Readonly<Record<Language, string>> = { en: 'What public lists say (not tried by us)', ru: 'Что говорят открытые списки (нами не проверено)' };

const says: Readonly<Record<Language, Readonly<Record<SourcedClaim['says'], string>>>> = {
  en: { works: 'works', limited: 'works in part', broken: 'does not work', untested: 'not tested', seen: 'seen in a machine', owned: 'in an inventory', quirk: 'needs a setting' },
  ru: { works: 'работает', limited: 'работает частично', broken: 'не работает', untested: 'не проверено', seen: 'замечено в машине', owned: 'есть в инвентарной ведомости', quirk: 'нужна настройка' },
};

/** An identification with what lists say of the one device that is meant. */
export interface IdentifiedWithClaims extends Identification {
  readonly publicClaims: readonly SourcedClaim[];
  readonly expectation: ExpectedHeadline;
}

/** The answer of `hwlab identify` as lines for a terminal. */
export function identifyLines({ decision, matches, others, publicClaims, expectation }: IdentifiedWithClaims, language: Language): readonly string[] {
  return [
    `${headings[language][decision]}${matches.length > 0 ? ':' : '.'}`,
    ...matches.flatMap((match) => matchLines(match, language)),
    ...(publicClaims.length > 0 ? ['', `${lists[language]}: ${verdictTexts[language].headline[expectation]}`, ...publicClaims.slice(0, 8).map((claim) => `    ${claimLine(claim, language)}`)] : []),
    ...(others.length > 0 && decision === 'one' ? ['', `${more[language]}:`, ...others.slice(0, 5).map((match) => titleLine(match))] : []),
  ];
}

function claimLine({ source, date, evidence, says: word, feature, driver }: SourcedClaim, language: Language): string {
  return oneLine(`${source}, ${date}, ${evidence}: ${feature === undefined ? '' : `${feature}: `}${says[language][word]}${driver === undefined ? '' : ` (${driver})`}`);
}

function matchLines(match: NamedMatch, language: Language): readonly string[] {
  return [titleLine(match), ...match.because.map((reason) => `    ${oneLine(explainReason(reason, language))}`)];
}

function titleLine({ vendor, name, device, confidence }: NamedMatch): string {
  return `  ${Math.round(confidence * 100)} %  ${oneLine(`${vendor} ${name}`)} (${device})`;
}
