import type { CheckedLine, LineStanding, ListCheck } from '../db/tender/check-list.ts';
import { listTexts, standingMarks, standingText } from '../db/tender/list-texts.ts';
import type { ReadList } from '../db/tender/read-list.ts';
import type { Language } from '../db/verdicts/verdict-texts.ts';

const words = {
  en: { lines: (count: number) => `${count} lines`, images: 'releases', skipped: 'rows that are no lines', leftOut: 'sheets left out', others: 'candidates', row: 'row' },
  ru: { lines: (count: number) => `строк: ${count}`, images: 'выпуски', skipped: 'строки, которые не являются позициями', leftOut: 'пропущенные листы', others: 'варианты', row: 'строка' },
} as const;

/** The checked list for a terminal: one line each, then the summary. */
export function listText({ skipped, sheetsLeftOut }: ReadList, check: ListCheck, language: Language): readonly string[] {
  const own = words[language];
  const texts = listTexts[language];
  return [
    ...check.lines.map((line) => lineText(line, language)),
    '',
    `${own.lines(check.lines.length)}; ${own.images}: ${check.images.join(', ')}`,
    ...(Object.entries(check.counts) as [LineStanding, number][]).sort(([, left], [, right]) => right - left).map(([standing, count]) => `  ${standingMarks[standing]} ${standingText(standing, language)}: ${count}`),
    ...(skipped.length === 0 ? [] : [`${own.skipped}: ${skipped.length}`, ...skipped.slice(0, 20).map(({ sheet, row, text, reason }) => `  ${place(sheet, row)} ${texts.skipped[reason]}: ${text.slice(0, 80)}`)]),
    ...(sheetsLeftOut.length === 0 ? [] : [`${own.leftOut}: ${sheetsLeftOut.map(({ sheet, reason }) => `${sheet} (${texts.sheetLeftOut[reason]})`).join(', ')}`]),
  ];
}

function lineText({ line, match, standing }: CheckedLine, language: Language): string {
  const model = match.kind === 'one' ? ` -> ${match.candidate.name}` : match.others.length > 0 ? ` (${words[language].others}: ${match.others.map(({ name }) => name).join(', ')})` : '';
  const quantity = line.quantity.text === '' ? '' : ` [${line.quantity.text}]`;
  return `${standingMarks[standing]} ${place(line.sheet, line.row)} ${line.text.slice(0, 100)}${quantity}${model}: ${standingText(standing, language)}`;
}

function place(sheet: string, row: number): string {
  return sheet === '' ? `${row}.` : `${sheet}!${row}.`;
}
