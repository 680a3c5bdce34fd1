import { dayText } from '../../db/answers/answer-text.ts';
import { listedText } from '../../db/answers/listed-text.ts';
import type { CheckedLine, LineStanding } from '../../db/tender/check-list.ts';
import { listTexts, standings } from '../../db/tender/list-texts.ts';
import type { Headline } from '../../db/verdicts/headline.ts';
import { headlineRank } from '../../db/lookup/headline-rank.ts';
import { html, type Html } from '../../report/page/html.ts';
import type { TenderAnswer } from '../server/tender-worker.ts';
import { mark } from './marks.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** Most lines that the page shows; the files have them all. */
const mostShown = 1000;

/** Where a table is sent for checking. A static copy has no server and says how else. */
export function tenderPage(context: SiteContext, problem?: string): string {
  const { texts, links } = context;
  const own = texts.tender;
  const served = links.api('') !== undefined;
  const main = html`<h1>${own.title}</h1><p class="lead">${own.lead}</p>${problem === undefined ? '' : html`<div class="problem" role="alert"><p><strong>${own.refused}</strong></p><p>${problem}</p></div>`}${served ? uploadForm(context) : html`<p class="empty">${own.notHere}</p>`}`;
  return siteDocument(context, { kind: 'tender' }, { title: own.title, main });
}

/** The checked list: how many lines stand how, every line, and the same as files. */
export function checkedTenderPage(context: SiteContext, source: string, { check, skipped, xlsx, csv }: TenderAnswer): string {
  const { texts } = context;
  const own = texts.tender;
  const words = listTexts[texts.language];
  const file = (name: string, type: string, bytes: Uint8Array): Html => html`<a class="button quiet" download="${name}" href="data:${type};base64,${Buffer.from(bytes).toString('base64')}">${name}</a>`;
  const counted = standings.flatMap((standing) => (check.counts[standing] === undefined ? [] : [[standing, check.counts[standing]] as const]));
  const main = html`<h1>${own.title}</h1><p class="lead">${source}</p>
<section aria-labelledby="counts-name"><h2 id="counts-name" class="hidden">${own.summary}</h2><ul class="counts">${counted.map(([standing, count]) => html`<li class="${toneOf(standing)}">${standingMark(standing)}<strong>${count.toLocaleString(texts.locale)}</strong> ${wordOf(standing, context)}</li>`)}</ul></section>
<p class="actions"><span>${own.download}</span> ${file(`${own.fileName}.xlsx`, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', xlsx)} ${file(`${own.fileName}.csv`, 'text/csv;charset=utf-8', Buffer.from(csv))}</p>
<section aria-labelledby="lines-name"><h2 id="lines-name">${own.lines}</h2><div class="scroll" tabindex="0" role="region" aria-label="${own.lines}"><table class="plain list"><thead><tr><th scope="col">${words.columns.row}</th><th scope="col">${words.columns.asked}</th><th scope="col">${words.columns.quantity}</th><th scope="col">${words.columns.model}</th><th scope="col">${words.columns.standing}</th><th scope="col">${words.columns.validUntil}</th></tr></thead><tbody>${check.lines.slice(0, mostShown).map((line) => lineRow(line, context))}</tbody></table></div>${check.lines.length > mostShown ? html`<p class="dim">${own.more(check.lines.length - mostShown)}</p>` : ''}</section>
${skipped.length === 0 ? '' : html`<details><summary>${words.summary.skipped} <span class="count">${skipped.length}</span></summary><ul class="skipped">${skipped.slice(0, 200).map(({ sheet, row, text, reason }) => html`<li>${sheet}, ${row}: ${words.skipped[reason]}. <span class="dim">${text.slice(0, 160)}</span></li>`)}</ul></details>`}
<section class="again"><h2>${own.again}</h2>${uploadForm(context)}</section>`;
  return siteDocument(context, { kind: 'tender' }, { title: own.title, main, wide: true });
}

function uploadForm({ texts, links, about }: SiteContext): Html {
  const own = texts.tender;
  return html`<form class="upload" method="post" enctype="multipart/form-data" action="${links.page({ kind: 'tender' })}"><label for="list">${own.file}</label><input id="list" name="list" type="file" accept=".csv,.xlsx,.ods,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" required><label class="inline">${texts.search.image} <select name="image"><option value="">${own.supportedImages}</option>${about.images.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></label><button type="submit">${own.button}</button><p class="dim">${own.hint}</p></form>`;
}

function lineRow({ line, match, standing, images, path, lists }: CheckedLine, context: SiteContext): Html {
  const { texts, links } = context;
  const words = listTexts[texts.language].columns;
  const kind = standing === 'public-lists' ? 'listed' : 'device';
  const said = standing === 'public-lists' && lists !== undefined ? listedText(lists, texts.language, { own: false }).sentence : undefined;
  const name = match.kind === 'one' ? html`<a href="${links.page({ kind, device: match.candidate.device })}">${match.candidate.name}</a>` : match.others.length > 0 ? html`<span class="dim">${texts.tender.candidates}:</span> ${match.others.map(({ name: other, device, because }, index) => html`${index > 0 ? ', ' : ''}<a href="${links.page({ kind: because.some((reason) => reason.startsWith('imported:')) ? 'listed' : 'device', device })}">${other}</a>`)}` : '';
  const worst = [...images].sort((left, right) => headlineRank[right.headline] - headlineRank[left.headline])[0];
  const valid = worst?.valid?.date;
  return html`<tr${path === undefined ? html` class="open"` : ''}><th scope="row">${line.row}</th><td>${line.text.slice(0, 300)}</td><td data-name="${words.quantity}">${line.quantity.text}</td><td>${name}</td><td><span class="marked ${toneOf(standing)}">${standingMark(standing)}<span>${wordOf(standing, context)}</span></span>${said === undefined ? '' : html`<span class="note">${said}</span>`}${worst === undefined ? '' : html`<span class="note">${worst.imageName}: ${worst.text[texts.language].reasons[0] ?? ''}</span>`}</td><td data-name="${words.validUntil}">${valid === undefined ? '' : dayText(valid, texts.language)}</td></tr>`;
}

function isHeadline(standing: LineStanding): standing is Headline {
  return standing in headlineRank;
}

function standingMark(standing: LineStanding): Html {
  return mark(isHeadline(standing) ? standing : standing === 'several-models' ? 'conflicting' : 'not-tested');
}

function toneOf(standing: LineStanding): string {
  return `h-${isHeadline(standing) ? standing : standing === 'several-models' ? 'conflicting' : 'not-tested'}`;
}

function wordOf(standing: LineStanding, { texts }: SiteContext): string {
  return isHeadline(standing) ? texts.headline[standing] : listTexts[texts.language].standing[standing];
}
