import { listedText } from '../answers/listed-text.ts';
import { explainReason } from '../identity/explain-reason.ts';
import type { ListedFacts } from '../lookup/public-lists.ts';
import type { Language } from '../verdicts/verdict-texts.ts';
import type { Candidate, CheckedLine, ListCheck, ListedImage } from './check-list.ts';
import { listTexts, standingMarks, standingText, type ListTexts } from './list-texts.ts';

export type ListColumn = keyof ListTexts['columns'];

export const listColumns: readonly ListColumn[] = ['sheet', 'row', 'asked', 'quantity', 'model', 'confidence', 'mark', 'standing', 'reasons', 'needs', 'validUntil', 'others', 'link'];

/** A cell of the table: numbers stay numbers, links know that they are. */
export type ListCell = string | number;

/** Where the page is, for links that open; without it they are permanent paths. */
export interface TableOptions {
  readonly language: Language;
  readonly base?: string | undefined;
}

/** One row a line of the list, by column. */
export function listRow(checked: CheckedLine, images: ListCheck['images'], { language, base }: TableOptions): Readonly<Record<ListColumn, ListCell>> {
  const { line, match, standing } = checked;
  return {
    sheet: line.sheet,
    row: line.row,
    asked: line.text,
    quantity: line.quantity.value ?? line.quantity.text,
    model: match.kind === 'one' ? match.candidate.name : '',
    confidence: match.kind === 'one' ? percent(match.candidate.confidence) : '',
    mark: standingMarks[standing],
    standing: images.length > 1 && match.kind === 'one' ? [standingText(standing, language), ...checked.images.map((each) => `${each.imageName}: ${each.text[language].headline}`)].join('\n') : standingText(standing, language),
    reasons: reasonsText(checked, language),
    needs: perImage(checked.images, (each) => each.text[language].needs),
    validUntil: perImage(checked.images, (each) => (each.valid === null ? [] : [dayText(each.valid.date, language)])),
    others: match.others.map(candidateText).join('\n'),
    link: checked.path === undefined ? '' : linkTo(checked, base),
  };
}

/** A day as people of the language write it. */
export function dayText(iso: string, language: Language): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  return language === 'ru' ? `${day}.${month}.${year}` : `${year}-${month}-${day}`;
}

function reasonsText({ match, images, lists, standing }: CheckedLine, language: Language): string {
  const own = listTexts[language];
  switch (match.kind) {
    case 'one': {
      const said = perImage(images, (each) => {
        const { sentence, reasons, limits } = each.text[language];
        // The sentence counts the tests already.
        return [sentence, ...reasons.filter((_reason, index) => each.reasons[index]?.code !== 'tests'), ...limits];
      });
      return [...(said === '' ? [] : [said]), ...(lists === undefined ? [] : listedLines(lists, language, standing !== 'public-lists')), ...recognised(match.candidate, language)].join('\n');
    }
    case 'several':
      return own.several;
    case 'related':
      return own.alike;
    case 'none':
      return own.unknown;
  }
}

/** What public lists say, and that it is they who say it. */
function listedLines(lists: ListedFacts, language: Language, own: boolean): readonly string[] {
  const { title, sentence, claims } = listedText(lists, language, { own });
  return [own ? `${title}: ${sentence}` : sentence, ...claims.slice(0, 3)];
}

/** How the model was recognised, unless it was named letter by letter. */
function recognised({ confidence, because }: Candidate, language: Language): readonly string[] {
  const told = because.filter((reason) => confidence < 1 || reason.startsWith('or-equivalent')).slice(0, 4);
  return told.length === 0 ? [] : [`${listTexts[language].recognised}: ${told.map((reason) => explainReason(reason, language)).join('; ')}`];
}

/** What is said of each image; named where there is more than one, and said once where all say the same. */
function perImage(images: readonly ListedImage[], say: (image: ListedImage) => readonly string[]): string {
  const said = images.map((image) => ({ image, text: [...new Set(say(image))].join('\n') })).filter(({ text }) => text !== '');
  if (images.length <= 1) return said[0]?.text ?? '';
  return [...Map.groupBy(said, ({ text }) => text)].map(([text, own]) => `${own.map(({ image }) => image.imageName).join(', ')}: ${text}`).join('\n');
}

function candidateText({ name, confidence }: Candidate): string {
  return `${name} (${percent(confidence)})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function linkTo({ path = '', images }: CheckedLine, base: string | undefined): string {
  const [only, ...more] = images;
  const target = only !== undefined && more.length === 0 ? only.path : path;
  return base === undefined ? target : `${base.replace(/\/*$/, '')}/${target}`;
}
