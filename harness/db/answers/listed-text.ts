import type { SourcedClaim } from '../import/expectation.ts';
import type { ListedFacts } from '../lookup/public-lists.ts';
import type { Language } from '../verdicts/verdict-texts.ts';
import { dayText } from './answer-text.ts';

/** What public lists say, in words. Never a word that an answer of the lab uses by itself: every sentence says whose it is. */
export interface ListedText {
  readonly title: string;
  /** Two sentences: that we tried nothing, and what the lists let expect. */
  readonly sentence: string;
  /** One line a source: what it says, its name and version, day, evidence, licence. */
  readonly claims: readonly string[];
  readonly note: string;
}

interface Words {
  readonly title: string;
  readonly untried: string;
  readonly expect: Readonly<Record<'good' | 'bad' | 'both' | 'silent', string>>;
  readonly says: Readonly<Record<SourcedClaim['says'], string>>;
  readonly claim: (source: string, day: string, says: string, more: string, evidence: string, licence: string) => string;
  readonly reviewed: (who: string) => string;
  readonly unreviewed: string;
  readonly note: string;
  readonly listedBy: (kinds: string) => string;
}

const words: Readonly<Record<Language, Words>> = {
  ru: {
    title: 'Что говорят открытые списки',
    untried: 'Мы это устройство не проверяли.',
    expect: {
      good: 'По открытым спискам оно должно работать.',
      bad: 'По открытым спискам работать оно не должно.',
      both: 'Открытые списки говорят о нём разное.',
      silent: 'Открытые списки его называют, но не говорят, работает ли оно.',
    },
    says: { works: 'работает', limited: 'работает частично', broken: 'не работает', untested: 'не проверено и там', seen: 'замечено в машине', owned: 'есть в инвентарной ведомости', quirk: 'нужна особая настройка' },
    claim: (source, day, says, more, evidence, licence) => `${source}, ${day}: ${says}${more}. Основание ${evidence}; лицензия: ${licence}`,
    reviewed: (who) => `, источник прочитан: ${who}`,
    unreviewed: ', источник никем не проверен и не учитывается',
    note: 'Это чужие сведения: они не заменяют проверку и не меняют ответ лаборатории.',
    listedBy: (kinds) => `Устройство называют списки: ${kinds}.`,
  },
  en: {
    title: 'What public lists say',
    untried: 'We have not tested this device.',
    expect: {
      good: 'Public lists let expect that it works.',
      bad: 'Public lists let expect that it does not work.',
      both: 'Public lists contradict each other.',
      silent: 'Public lists name it and do not say whether it works.',
    },
    says: { works: 'works', limited: 'works in part', broken: 'does not work', untested: 'not tested there either', seen: 'seen in a machine', owned: 'in an inventory', quirk: 'needs a setting of its own' },
    claim: (source, day, says, more, evidence, licence) => `${source}, ${day}: ${says}${more}. Evidence ${evidence}; licence: ${licence}`,
    reviewed: (who) => `, source read by ${who}`,
    unreviewed: ', reviewed by nobody and not counted',
    note: 'This is what others say: it replaces no test and changes no answer of the lab.',
    listedBy: (kinds) => `Lists that name it: ${kinds}.`,
  },
};

/** Most sources that are told one by one. */
const mostClaims = 12;

/** @param own the lab has an answer of its own for the device, which stands above this */
export function listedText({ claims, expectation }: ListedFacts, language: Language, { own, listedBy = [] }: { readonly own: boolean; readonly listedBy?: readonly string[] }): ListedText {
  const say = words[language];
  const saying = claims.filter(({ says, evidence, review }) => (says === 'works' || says === 'limited' || says === 'broken') && (evidence === 'E1' || (review !== undefined && review !== 'needed')));
  const side = expectation === 'expected-to-work' ? 'good' : expectation === 'expected-not-to-work' ? 'bad' : saying.length > 0 ? 'both' : 'silent';
  const lines = [...new Set(claims.map((claim) => claimText(claim, language)))].slice(0, mostClaims);
  return { title: say.title, sentence: own ? say.expect[side] : `${say.untried} ${say.expect[side]}`, claims: lines.length > 0 || listedBy.length === 0 ? lines : [say.listedBy(listedBy.join(', '))], note: say.note };
}

/** What one source says, with its day, evidence and licence. */
export function claimText({ source, date, licence, evidence, review, says, feature, driver, text }: SourcedClaim, language: Language): string {
  const say = words[language];
  const review3 = evidence === 'E1' || review === undefined ? '' : review === 'needed' ? say.unreviewed : say.reviewed(review);
  const more = [...(feature === undefined ? [] : [feature]), ...(driver === undefined ? [] : [driver]), ...(text === undefined ? [] : [text])].join('; ');
  return plain(say.claim(source, dayText(date, language), says === 'quirk' && text !== undefined ? say.says.quirk : say.says[says], more === '' ? '' : ` (${more})`, `${evidence}${review3}`, licence));
}

/** Lists may hold anything; a terminal obeys control characters. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
