import { dayText } from '../../db/answers/answer-text.ts';
import type { DeviceAnswer } from '../../db/answers/device-answer.ts';
import { featureName } from '../../db/answers/feature-names.ts';
import type { Verdict } from '../../db/verdicts/feature-verdict.ts';
import type { Headline } from '../../db/verdicts/headline.ts';
import { html, type Html } from '../../report/page/html.ts';
import { mainAnswer } from './device-page.ts';
import { markedWord, verdictWord } from './marks.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** Most devices beside one another. */
export const mostCompared = 5;

/** One cell of the comparison: a headline, a feature's verdict, or lines of text. */
export type ComparedCell = { readonly headline: Headline; readonly note: string } | { readonly verdict: Verdict } | { readonly lines: readonly string[] };

/** A row of the comparison; the same rows are drawn by a server and by the script of a static copy. */
export interface ComparedRow {
  readonly name: string;
  readonly cells: readonly ComparedCell[];
}

/** Devices side by side: kind, headline on every release, limits, and each required or recommended feature on the newest release that is known. */
export function comparedRows(context: Pick<SiteContext, 'texts' | 'about'>, answers: readonly DeviceAnswer[]): readonly ComparedRow[] {
  const { texts, about } = context;
  const mains = answers.map(mainAnswer);
  const features = [...new Set(mains.flatMap((each) => each?.features.filter(({ requirement }) => requirement === 'required' || requirement === 'recommended').map(({ feature }) => feature) ?? []))].sort();
  return [
    { name: texts.compare.class, cells: answers.map(({ device }) => ({ lines: [device.classes.map((name) => texts.classes[name]).join(', ')] })) },
    ...about.images.map((image) => ({
      name: image.name,
      cells: answers.map(({ images }): ComparedCell => {
        const found = images.find((each) => each.image === image.id);
        return { headline: found?.headline ?? 'not-tested', note: found?.lastTestedAt ? dayText(found.lastTestedAt, texts.language) : '' };
      }),
    })),
    { name: texts.device.level, cells: mains.map((each) => ({ lines: [each?.level ? texts.levelShort[each.level] : texts.device.never] })) },
    { name: texts.device.limits, cells: mains.map((each) => ({ lines: each?.text[texts.language].limits ?? [] })) },
    { name: texts.device.needs, cells: mains.map((each) => ({ lines: each?.text[texts.language].needs ?? [] })) },
    ...features.map((feature) => ({ name: featureName(feature, texts.language), cells: mains.map((each): ComparedCell => ({ verdict: each?.features.find((own) => own.feature === feature)?.verdict ?? 'not_applicable' })) })),
  ];
}

/** The page that compares up to five devices. */
export function comparePage(context: SiteContext, answers: readonly DeviceAnswer[], tooMany: boolean): string {
  const { texts, links } = context;
  const ids = answers.map(({ device }) => device.id);
  const page = { kind: 'compare' as const, devices: ids };
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="${texts.compare.title}"><table class="compare"><thead><tr><th scope="col">${texts.compare.feature}</th>${answers.map(
    ({ device }) => html`<th scope="col"><a href="${links.page({ kind: 'device', device: device.id })}">${device.fullName}</a> <a class="remove" href="${links.page({ kind: 'compare', devices: ids.filter((id) => id !== device.id) })}">${texts.compare.remove}<span class="hidden"> ${device.fullName}</span></a></th>`,
  )}</tr></thead><tbody>${comparedRows(context, answers).map((row) => html`<tr><th scope="row">${row.name}</th>${row.cells.map((cell) => html`<td>${comparedCell(cell, context)}</td>`)}</tr>`)}</tbody></table></div>`;
  const main = html`<h1>${texts.compare.title}</h1><p class="lead">${texts.compare.lead}</p>
${tooMany ? html`<p role="status">${texts.compare.tooMany}</p>` : ''}${answers.length === 0 ? html`<p class="empty" data-words="${JSON.stringify({ headline: texts.headline, verdict: texts.verdict, none: texts.certificate.none, feature: texts.compare.feature, remove: texts.compare.remove })}">${texts.compare.empty}</p>` : table}
${
    answers.length < mostCompared
      ? html`<form class="add" method="get" action="${links.page({ kind: 'compare', devices: [] })}">${ids.map((id) => html`<input type="hidden" name="id" value="${id}">`)}<label for="add">${texts.compare.add}</label><input id="add" name="add" type="search" maxlength="200" autocomplete="off" placeholder="${texts.search.placeholder}"><button type="submit">${texts.compare.addButton}</button></form>`
      : ''
  }`;
  return siteDocument(context, page, { title: texts.compare.title, main, wide: true });
}

function comparedCell(cell: ComparedCell, { texts }: SiteContext): Html {
  if ('headline' in cell) return html`${markedWord(cell.headline, texts)}${cell.note === '' ? '' : html`<span class="note">${cell.note}</span>`}`;
  if ('verdict' in cell) return verdictWord(cell.verdict, texts);
  return cell.lines.length === 0 ? html`<span class="dim">${texts.certificate.none}</span>` : cell.lines.length === 1 ? html`${cell.lines[0]}` : html`<ul>${cell.lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}
