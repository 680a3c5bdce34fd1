import type { Language } from '../verdicts/verdict-texts.ts';
import { changeTexts, changeText, tallyTexts } from './change-texts.ts';
import { changeKinds, type AnswerChange } from './compare-answers.ts';
import type { Snapshot } from './snapshot.ts';

const words = {
  en: { first: 'This is the first release.', since: (label: string, date: string) => `Since ${label} (${date}):` },
  ru: { first: 'Это первый выпуск данных.', since: (label: string, date: string) => `По сравнению с ${label} (${date}):` },
} as const;

/** The changelog of a data release, by device, as Markdown. */
export function changelogText(before: Snapshot | undefined, after: Snapshot, changes: readonly AnswerChange[], language: Language): string {
  const own = words[language];
  const texts = changeTexts[language];
  if (before === undefined) return `# ${after.label}\n\n${own.first}\n`;
  const lines = [`# ${after.label}`, '', own.since(before.label, before.date), ''];
  if (changes.length === 0) lines.push(texts.nothing);
  for (const tally of tallyTexts(changes, language)) lines.push(`- ${tally}`);
  for (const kind of changeKinds) {
    const own = changes.filter((change) => change.kind === kind);
    if (own.length > 0) lines.push('', `## ${texts.kind[kind]}`, '', ...own.map((change) => `- ${escapeMarkdown(changeText(change, language))}`));
  }
  return `${lines.join('\n')}\n`;
}

/** Names come from people and devices. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').replace(/[\\`*_[\]<>|]/g, (character) => `\\${character}`);
}
