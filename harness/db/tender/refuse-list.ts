import { HwlabError, type ErrorFacts } from '../../base/hwlab-error.ts';
import type { Language } from '../verdicts/verdict-texts.ts';

/** Why a list is refused. */
export type RefusalCode = 'list-too-big' | 'list-not-readable' | 'list-hostile' | 'list-empty';

/** A sentence in both languages. */
export type Both = readonly [en: string, ru: string];

/** The error of a list that is refused; blame `usage`, and what the person can do. The Russian sentences are among its facts. */
export function refusal(code: RefusalCode, [message, messageRu]: Both, [advice, adviceRu]: Both, facts: ErrorFacts = {}, cause?: unknown): HwlabError {
  return new HwlabError({ code, blame: 'usage', message, advice, facts: { ...facts, messageRu, adviceRu }, cause });
}

/** What a person reads who sent the list: what is wrong and what to do. */
export function refusalText({ message, advice, facts }: HwlabError, language: Language): string {
  const [what, todo] = language === 'ru' && typeof facts['messageRu'] === 'string' ? [facts['messageRu'], facts['adviceRu']] : [message, advice];
  return typeof todo === 'string' && todo !== '' ? `${what}. ${todo}.`.replace(/^./u, (first) => first.toUpperCase()).replace(/\. (.)/u, (_all, first: string) => `. ${first.toUpperCase()}`) : what;
}

export const saveAsXlsx: Both = ['open it in a spreadsheet program and save it as .xlsx or .csv', 'откройте его в программе для таблиц и сохраните как .xlsx или .csv'];
export const saveWithoutPassword: Both = [`${saveAsXlsx[0]}, without a password`, `${saveAsXlsx[1]}, без пароля`];
export const saveAgain: Both = ['open it in a spreadsheet program and save it again', 'откройте его в программе для таблиц и сохраните снова'];
export const divide: Both = ['divide it into several files', 'разделите его на несколько файлов'];
