import { HwlabError, type ErrorFacts } from '../../base/hwlab-error.ts';

/** Why a list is refused. */
export type RefusalCode = 'list-too-big' | 'list-not-readable' | 'list-hostile' | 'list-empty';

/** The error of a list that is refused; blame `usage`, and what the person can do. */
export function refusal(code: RefusalCode, message: string, advice: string, facts: ErrorFacts = {}, cause?: unknown): HwlabError {
  return new HwlabError({ code, blame: 'usage', message, advice, facts, cause });
}

export const saveAsXlsx = 'open it in a spreadsheet program and save it as .xlsx or .csv';
