import { headlines } from '../../db/lookup/headline-rank.ts';
import type { DataFacts, SearchHit, SearchQuery, SearchResult } from '../../db/lookup/lookup-source.ts';
import type { ListedHit } from '../../db/lookup/public-lists.ts';
import type { DeviceClass } from '../../db/generated/device.ts';
import { html, type Html } from '../../report/page/html.ts';
import type { SiteTexts } from '../texts/site-texts.ts';
import { listedHits } from './listed-section.ts';
import { mark } from './marks.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** Devices on one page of results. */
export const hitsOnPage = 25;

/** The start page: the question, filters, and what was found. Without a script it is a form. */
export function searchPage(context: SiteContext, query: SearchQuery, result: SearchResult, listed: readonly ListedHit[] = []): string {
  const { texts, about, links } = context;
  const asked = query.text !== '' || query.class !== undefined || query.vendor !== undefined || query.image !== undefined || query.headline !== undefined;
  const main = html`<section class="ask"><h1>${texts.search.title}</h1><p class="lead">${texts.search.lead}</p>
<form class="search" role="search" method="get" action="${links.page({ kind: 'search' })}" data-api="${links.api('search') ?? ''}">
<div class="field"><label class="hidden" for="q">${texts.search.label}</label><input id="q" name="q" type="search" value="${query.text}" placeholder="${texts.search.placeholder}" maxlength="200" autocomplete="off" autocapitalize="off" spellcheck="false" autofocus><button type="submit">${texts.search.button}</button></div>
<div class="filters">${filter('class', texts.search.class, query.class, classOptions(texts), texts)}${filter('image', texts.search.image, query.image, about.images.map(({ id, name }) => [id, name] as const), texts)}${filter('headline', texts.search.headline, query.headline, headlines.map((name) => [name, texts.headline[name]] as const), texts)}${filter('vendor', texts.search.vendor, query.vendor, vendorOptions(about), texts)}<a class="reset" href="${links.page({ kind: 'search' })}"${asked ? '' : html` hidden`}>${texts.search.reset}</a></div>
</form></section>
<section class="found" aria-labelledby="found-name" data-words="${scriptWords(context)}">
<h2 id="found-name">${texts.search.all}</h2><p id="said" class="said" role="status">${texts.search.found(result.total.toLocaleString(texts.locale), result.more)}</p>
<form class="hits-form" method="get" action="${links.page({ kind: 'compare', devices: [] })}">
${hitsTable(context, result.hits, query.image)}
<div class="none"${result.hits.length === 0 ? '' : html` hidden`}><div class="none-at-all"${listed.length === 0 ? '' : html` hidden`}><p>${texts.search.none}</p><p class="dim">${texts.search.noneHint}</p></div><p class="none-listed"${listed.length === 0 ? html` hidden` : ''}>${texts.search.noneListed}</p></div>
<div class="after"><button class="compare-button" type="submit">${texts.search.compare}</button>${pageLinks(context, query, result)}</div>
</form></section>
${listedHits(context, listed)}
${legend(texts)}`;
  return siteDocument(context, { kind: 'search' }, { title: query.text === '' ? texts.search.title : query.text, main });
}

/** Rows of results; the headline on each release in a column, or under the name on a narrow screen. */
export function hitsTable({ texts, about, links }: SiteContext, hits: readonly SearchHit[], image: string | undefined): Html {
  const images = image === undefined ? about.images : about.images.filter(({ id }) => id === image);
  return html`<table class="hits"${hits.length === 0 ? html` hidden` : ''}><thead><tr><th scope="col">${texts.search.device}</th>${images.map(({ id, name }) => html`<th scope="col" class="on" data-image="${id}">${name}</th>`)}<th scope="col"><span class="hidden">${texts.search.choose}</span></th></tr></thead>
<tbody>${hits.map(
    ({ device, headlines: own }) => html`<tr><th scope="row"><a href="${links.page({ kind: 'device', device: device.id })}">${device.fullName}</a><span class="kind">${[...device.classes.map((name) => texts.classes[name]), ...(device.invented ? [texts.search.invented] : [])].join(', ')}</span></th>${images.map(({ id, name }) => {
      const headline = own.find((each) => each.image === id)?.headline ?? 'not-tested';
      return html`<td class="on"><a class="marked h-${headline}" href="${links.page({ kind: 'device', device: device.id, image: id })}">${mark(headline)}<span class="word"><span class="release">${name}: </span>${texts.headline[headline]}</span></a></td>`;
    })}<td class="pick"><label><input type="checkbox" name="id" value="${device.id}"><span class="hidden">${device.fullName}: </span>${texts.search.choose}</label></td></tr>`,
  )}</tbody></table>`;
}

/** The words and addresses that the script draws rows with, as JSON. */
function scriptWords({ texts, about, links }: SiteContext): string {
  return JSON.stringify({
    classes: texts.classes,
    headline: texts.headline,
    device: texts.search.device,
    choose: texts.search.choose,
    invented: texts.search.invented,
    found: texts.search.found('0', false),
    foundMore: texts.search.found('0', true),
    images: about.images.map(({ id, name }) => ({ id, name })),
    path: links.page({ kind: 'device', device: 'DEVICE', image: 'IMAGE' }),
    expectation: texts.listed.expectation,
  });
}

/** What each sign means. */
export function legend(texts: SiteTexts): Html {
  return html`<section class="legend" aria-labelledby="legend-name"><h2 id="legend-name">${texts.search.legend}</h2><dl>${headlines.map((name) => html`<div class="h-${name}"><dt>${mark(name)} ${texts.headline[name]}</dt><dd>${texts.meaning[name]}</dd></div>`)}</dl></section>`;
}

function filter(name: string, label: string, chosen: string | undefined, options: readonly (readonly [value: string, name: string])[], texts: SiteTexts): Html {
  return html`<label class="filter"><span>${label}</span><select name="${name}"><option value="">${texts.search.any}</option>${options.map(([value, shown]) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${shown}</option>`)}</select></label>`;
}

function classOptions({ classes }: SiteTexts): readonly (readonly [string, string])[] {
  return Object.entries(classes) as [DeviceClass, string][];
}

function vendorOptions({ vendors }: DataFacts): readonly (readonly [string, string])[] {
  return vendors.slice(0, 400).map(({ vendor, devices }) => [vendor, `${vendor} (${devices})`] as const);
}

function pageLinks({ texts, links }: SiteContext, query: SearchQuery, result: SearchResult): Html | undefined {
  const before = query.offset > 0;
  const after = query.offset + hitsOnPage < result.total;
  if (!before && !after) return undefined;
  const to = (offset: number): string => links.page({ kind: 'search', query: queryText(query, offset) });
  return html`<nav class="pages" aria-label="${texts.search.pages}">${before ? html`<a rel="prev" href="${to(Math.max(0, query.offset - hitsOnPage))}">${texts.search.previous}</a>` : ''}${after ? html`<a rel="next" href="${to(query.offset + hitsOnPage)}">${texts.search.next}</a>` : ''}</nav>`;
}

/** A search as the query of an address. */
export function queryText(query: SearchQuery, offset: number): string {
  const parts = new URLSearchParams();
  if (query.text !== '') parts.set('q', query.text);
  for (const key of ['class', 'image', 'headline', 'vendor'] as const) if (query[key] !== undefined) parts.set(key, query[key]);
  if (offset > 0) parts.set('offset', String(offset));
  return parts.toString();
}
