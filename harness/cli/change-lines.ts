import { oneLine } from '../base/one-line.ts';
import { changeTexts, changeText, listedChangeTexts, tallyTexts } from '../db/release/change-texts.ts';
import { changeKinds, type AnswerChange } from '../db/release/compare-answers.ts';
import type { ListedChange } from '../db/release/compare-listed.ts';
import type { RecordChange } from '../db/release/compare-records.ts';
import type { WatchReport } from '../db/release/watch-list.ts';
import type { Language } from '../db/verdicts/verdict-texts.ts';

/** Longest list of one kind of change on a screen; JSON has them all. */
const mostShown = 40;

const words = {
  en: {
    records: { added: 'added', removed: 'removed', changed: 'changed' },
    more: (count: number) => `  ... and ${count} more; --json lists all`,
    nothing: 'Nothing changed.',
    watched: (devices: number, from: string, to: string) => `${devices} devices of the list, from ${from} to ${to}`,
    fine: 'Nothing of what was bought got worse.',
    worse: (count: number) => `Worse: ${count}`,
    other: (count: number) => `Other changes: ${count}`,
    rows: 'rows',
    pieces: (count: number) => `${count} pieces`,
    unmatched: (count: number) => `Lines that name no known device, so that nothing can be said of them: ${count}`,
  },
  ru: {
    records: { added: 'добавлено', removed: 'удалено', changed: 'изменено' },
    more: (count: number) => `  ... и ещё ${count}; все есть в --json`,
    nothing: 'Ничего не изменилось.',
    watched: (devices: number, from: string, to: string) => `устройств в списке: ${devices}; было ${from}, стало ${to}`,
    fine: 'Для купленного хуже не стало.',
    worse: (count: number) => `Стало хуже: ${count}`,
    other: (count: number) => `Другие изменения: ${count}`,
    rows: 'строки',
    pieces: (count: number) => `штук: ${count}`,
    unmatched: (count: number) => `Строки без известной модели, о них ничего сказать нельзя: ${count}`,
  },
} as const;

/** What a change of the data does: first how many devices lose or gain what, then each, then the records behind it. */
export function diffLines(changes: readonly AnswerChange[], lists: readonly ListedChange[], records: readonly RecordChange[], language: Language): readonly string[] {
  const own = words[language];
  const listed = listedChangeTexts(lists, language);
  if (changes.length + lists.length + records.length === 0) return [own.nothing];
  return [
    ...(changes.length === 0 ? [changeTexts[language].nothing] : tallyTexts(changes, language)),
    ...changeKinds.flatMap((kind) => {
      const of = changes.filter((change) => change.kind === kind);
      return of.length === 0 ? [] : ['', changeTexts[language].kind[kind], ...cut(of.map((change) => `  ${oneLine(changeText(change, language))}`), language)];
    }),
    ...(lists.length === 0 ? [] : ['', listed.heading, ...cut(listed.lines.map((line) => `  ${oneLine(line)}`), language)]),
    ...(records.length === 0 ? [] : ['', ...cut(records.map(({ kind, id, change, properties }) => `${kind}/${id}: ${own.records[change]}${properties.length === 0 ? '' : ` (${properties.join(', ')})`}`), language)]),
  ];
}

/** What got worse for a list. */
export function watchLines({ worse, other, devices, unmatched }: WatchReport, from: string, to: string, language: Language): readonly string[] {
  const own = words[language];
  return [
    own.watched(devices, from, to),
    worse.length === 0 ? own.fine : own.worse(worse.length),
    ...cut(worse.map((change) => `  - ${oneLine(changeText(change, language))} [${own.rows} ${change.lines.map(({ sheet, row }) => (sheet === '' ? row : `${oneLine(sheet)}!${row}`)).join(', ')}; ${own.pieces(change.pieces)}]`), language),
    ...(other.length === 0 ? [] : [own.other(other.length), ...cut(other.map((change) => `  + ${oneLine(changeText(change, language))}`), language)]),
    ...(unmatched.length === 0 ? [] : [own.unmatched(unmatched.length), ...cut(unmatched.map(({ line }) => `  ? ${line.sheet === '' ? '' : `${oneLine(line.sheet)}!`}${line.row}. ${oneLine(line.text).slice(0, 100)}`), language)]),
  ];
}

function cut(lines: readonly string[], language: Language): readonly string[] {
  return lines.length <= mostShown ? lines : [...lines.slice(0, mostShown), words[language].more(lines.length - mostShown)];
}
