import { explainReason } from '../db/identity/explain-reason.ts';
import type { Identification, NamedMatch } from '../db/identity/identify.ts';
import type { Language } from '../db/verdicts/verdict-texts.ts';

const headings: Readonly<Record<Language, Readonly<Record<Identification['decision'], string>>>> = {
  en: { one: 'It is', several: 'It may be any of these; which one is for you to say', related: 'This device is not known; these are alike', none: 'Nothing like it is known' },
  ru: { one: 'Это', several: 'Может быть любым из этих; выберите сами', related: 'Такое устройство неизвестно; похожие', none: 'Ничего похожего не известно' },
};

const more: Readonly<Record<Language, string>> = { en: 'Others that are alike', ru: 'Другие похожие' };

/** The answer of `hwlab identify` as lines for a terminal. */
export function identifyLines({ decision, matches, others }: Identification, language: Language): readonly string[] {
  return [
    `${headings[language][decision]}${matches.length > 0 ? ':' : '.'}`,
    ...matches.flatMap((match) => matchLines(match, language)),
    ...(others.length > 0 && decision === 'one' ? ['', `${more[language]}:`, ...others.slice(0, 5).map((match) => titleLine(match))] : []),
  ];
}

function matchLines(match: NamedMatch, language: Language): readonly string[] {
  return [titleLine(match), ...match.because.map((reason) => `    ${plain(explainReason(reason, language))}`)];
}

function titleLine({ vendor, name, device, confidence }: NamedMatch): string {
  return `  ${Math.round(confidence * 100)} %  ${plain(`${vendor} ${name}`)} (${device})`;
}

/** What was typed may hold anything; a terminal obeys control characters. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
