import { verdictTexts, type Language } from '../verdicts/verdict-texts.ts';
import type { Headline } from '../verdicts/headline.ts';
import type { LineStanding } from './check-list.ts';
import type { SkipReason } from './list-lines.ts';

/** Words of the tender check in one language. */
export interface ListTexts {
  readonly columns: {
    readonly sheet: string;
    readonly row: string;
    readonly asked: string;
    readonly quantity: string;
    readonly model: string;
    readonly confidence: string;
    readonly mark: string;
    readonly standing: string;
    readonly reasons: string;
    readonly needs: string;
    readonly validUntil: string;
    readonly others: string;
    readonly link: string;
  };
  readonly standing: Readonly<Record<Exclude<LineStanding, Headline>, string>>;
  /** What a word means for somebody who buys. */
  readonly meaning: Readonly<Record<LineStanding, string>>;
  readonly skipped: Readonly<Record<SkipReason, string>>;
  readonly sheetLeftOut: Readonly<Record<'hidden' | 'no-lines', string>>;
  /** Completed by how. */
  readonly recognised: string;
  readonly several: string;
  readonly alike: string;
  readonly unknown: string;
  readonly sheets: { readonly lines: string; readonly summary: string; readonly legend: string };
  readonly summary: {
    readonly source: string;
    readonly checkedOn: string;
    readonly images: string;
    readonly lines: string;
    readonly good: string;
    readonly count: string;
    readonly meaning: string;
    readonly unmatched: string;
    readonly skipped: string;
    readonly sheetsLeftOut: string;
  };
  /** What else a reader of the file must know. */
  readonly notes: readonly string[];
}

const ru: ListTexts = {
  columns: {
    sheet: 'Лист',
    row: 'Строка',
    asked: 'В вашем списке',
    quantity: 'Количество',
    model: 'Модель в базе',
    confidence: 'Уверенность',
    mark: 'Знак',
    standing: 'Вывод',
    reasons: 'Почему',
    needs: 'Что нужно',
    validUntil: 'Действует до',
    others: 'Другие варианты',
    link: 'Ссылка',
  },
  standing: { 'public-lists': 'Нами не проверено, есть в открытых списках', 'several-models': 'Подходит несколько моделей', 'only-alike': 'Есть только похожие', 'not-known': 'Нет в базе' },
  meaning: {
    certified: 'Проверено на настоящем устройстве по полному плану и подтверждено экспертом.',
    works: 'Проверено на настоящем устройстве, всё обязательное работает.',
    'works-with-limits': 'Проверено на настоящем устройстве; часть возможностей работает не полностью, см. «Почему».',
    'expected-to-work': 'Драйверы и программы выпуска справляются с описанием этого устройства; настоящее устройство нами не проверено.',
    'not-tested': 'Модель известна, но сведений нет. Это не значит «не работает».',
    conflicting: 'Результаты противоречат друг другу; нужно решение человека.',
    'expected-not-to-work': 'Драйверы и программы выпуска не справляются с описанием этого устройства; настоящее устройство нами не проверено.',
    'does-not-work': 'Проверено на настоящем устройстве: обязательное не работает.',
    'public-lists': 'Модель известна только из открытых списков; что они говорят, сказано в «Почему». Мы её не проверяли ни на одном выпуске.',
    'several-models': 'Строка может означать разные модели. Уточните модель; варианты перечислены.',
    'only-alike': 'Такой модели в базе нет; есть похожие. Их вывод к этой строке не относится.',
    'not-known': 'Такой модели в базе нет, и похожих тоже.',
  },
  skipped: {
    total: 'итог',
    section: 'заголовок раздела',
    'column-numbers': 'номера колонок',
    'header-again': 'повторённый заголовок таблицы',
    continued: 'продолжение строки выше',
    'no-name': 'нет названия',
    'before-header': 'текст над таблицей',
    'after-total': 'текст под таблицей',
  },
  sheetLeftOut: { hidden: 'скрытый лист', 'no-lines': 'на листе нет списка' },
  recognised: 'Как узнана модель',
  several: 'Может означать несколько моделей, уточните.',
  alike: 'Точного совпадения нет, есть похожие.',
  unknown: 'Ничего похожего в базе нет.',
  sheets: { lines: 'Проверка', summary: 'Итоги', legend: 'Обозначения' },
  summary: {
    source: 'Список',
    checkedOn: 'Дата проверки',
    images: 'Выпуски системы',
    lines: 'Позиций в списке',
    good: 'Из них можно брать',
    count: 'Позиций',
    meaning: 'Что это значит',
    unmatched: 'Нужно уточнить модель',
    skipped: 'Строки, которые не являются позициями',
    sheetsLeftOut: 'Непрочитанные листы',
  },
  notes: [
    'Если проверяется несколько выпусков системы, вывод строки — худший из них.',
    '«Уверенность» говорит, насколько строка списка похожа на название модели в базе, а не насколько модель хороша.',
    'Вывод относится к модели, а не к отдельному устройству: он не исключает брака, износа и прошивки, которой мы не видели.',
    'Апостроф перед текстом, который начинается с =, +, - или @, не даёт программе принять его за формулу.',
  ],
};

const en: ListTexts = {
  columns: {
    sheet: 'Sheet',
    row: 'Row',
    asked: 'In your list',
    quantity: 'Quantity',
    model: 'Model in the database',
    confidence: 'Confidence',
    mark: 'Mark',
    standing: 'Answer',
    reasons: 'Why',
    needs: 'Needs',
    validUntil: 'Valid until',
    others: 'Other candidates',
    link: 'Link',
  },
  standing: { 'public-lists': 'Not tested by us, in public lists', 'several-models': 'Several models fit', 'only-alike': 'Only similar ones are known', 'not-known': 'Not in the database' },
  meaning: {
    certified: 'Tried on a real device with the full plan, and confirmed by a reviewer.',
    works: 'Tried on a real device; everything required works.',
    'works-with-limits': 'Tried on a real device; some of it works only in part, see "Why".',
    'expected-to-work': 'The drivers and programs of the release handle the description of this device; no real device was tried by us.',
    'not-tested': 'The model is known, but nothing is known about it. This is not "does not work".',
    conflicting: 'Results contradict each other; a person has to decide.',
    'expected-not-to-work': 'The drivers and programs of the release do not handle the description of this device; no real device was tried by us.',
    'does-not-work': 'Tried on a real device: something required does not work.',
    'public-lists': 'Only public lists know the model; what they say is under "Why". We have tried it on no release.',
    'several-models': 'The line can mean different models. Say which; the candidates are listed.',
    'only-alike': 'There is no such model in the database, only similar ones. Their answers are not for this line.',
    'not-known': 'There is no such model in the database, nor a similar one.',
  },
  skipped: {
    total: 'a total',
    section: 'a heading',
    'column-numbers': 'numbers of columns',
    'header-again': 'the header again',
    continued: 'the line above goes on',
    'no-name': 'no name',
    'before-header': 'text above the table',
    'after-total': 'text below the table',
  },
  sheetLeftOut: { hidden: 'a hidden sheet', 'no-lines': 'there is no list on it' },
  recognised: 'How the model was recognised',
  several: 'It can mean several models; say which.',
  alike: 'No exact match, only similar ones.',
  unknown: 'Nothing like it is in the database.',
  sheets: { lines: 'Check', summary: 'Summary', legend: 'Legend' },
  summary: {
    source: 'List',
    checkedOn: 'Checked on',
    images: 'Releases of the system',
    lines: 'Lines in the list',
    good: 'Of these can be bought',
    count: 'Lines',
    meaning: 'What it means',
    unmatched: 'To be made clear: which model',
    skipped: 'Rows that are no lines',
    sheetsLeftOut: 'Sheets that were not read',
  },
  notes: [
    'Where several releases of the system were asked about, the answer of a line is the worst of them.',
    '"Confidence" says how much the line is like the name of a model in the database, not how good the model is.',
    'An answer is about a model, not about a unit: it does not rule out a fault, wear, or a firmware that we have not seen.',
    'An apostrophe before a text that begins with =, +, - or @ keeps programs from taking it for a formula.',
  ],
};

export const listTexts: Readonly<Record<Language, ListTexts>> = { ru, en };

/** All standings, the best first; "Not tested" and "Does not work" are never neighbours. */
export const standings: readonly LineStanding[] = ['certified', 'works', 'works-with-limits', 'expected-to-work', 'public-lists', 'several-models', 'not-tested', 'only-alike', 'not-known', 'conflicting', 'expected-not-to-work', 'does-not-work'];

/** Signs that say the same as the colours; "Not tested" and "Does not work" share nothing. */
export const standingMarks: Readonly<Record<LineStanding, string>> = {
  certified: '★',
  works: '✔',
  'works-with-limits': '◐',
  'expected-to-work': '○',
  'public-lists': '≡',
  'not-tested': '?',
  conflicting: '≠',
  'expected-not-to-work': '▽',
  'does-not-work': '✖',
  'several-models': '≈',
  'only-alike': '~',
  'not-known': '…',
};

/** The word of a line. */
export function standingText(standing: LineStanding, language: Language): string {
  const own = listTexts[language].standing;
  return standing in own ? own[standing as keyof typeof own] : verdictTexts[language].headline[standing as Headline];
}
