import { listedText } from '../../db/answers/listed-text.ts';
import type { ListedFacts, ListedHit, ListedModel } from '../../db/lookup/public-lists.ts';
import { html, type Html } from '../../report/page/html.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** What public lists say of a device, in a frame of its own: nobody takes it for a result of the lab. */
export function listedSection({ texts }: SiteContext, facts: ListedFacts, options: { readonly own: boolean; readonly listedBy?: readonly string[] }): Html {
  const { title, sentence, claims, note } = listedText(facts, texts.language, options);
  return html`<section class="listed" aria-labelledby="listed-name"><h2 id="listed-name">${title}</h2><p class="sentence">${sentence}</p><ul>${claims.map((claim) => html`<li>${claim}</li>`)}</ul><p class="dim">${note}</p></section>`;
}

/** The page of a model that only public lists know. */
export function listedPage(context: SiteContext, model: ListedModel): string {
  const { texts, links } = context;
  const api = links.api(`public/${encodeURIComponent(model.id)}`);
  const kinds = model.classes.map((name) => texts.classes[name]).join(', ');
  const main = html`<article class="device"><header class="device-head"><h1>${model.fullName}</h1><p class="ids">${kinds}${kinds !== '' && model.usb.length > 0 ? ' · ' : ''}${model.usb.length > 0 ? html`${texts.device.usb} <span class="mono">${model.usb.slice(0, 8).join(', ')}</span>` : ''}${model.aliases.length > 0 ? html` · ${texts.device.aliases}: ${model.aliases.slice(0, 6).join(', ')}` : ''}</p></header>
${listedSection(context, model, { own: false, listedBy: model.listedBy })}
${api === undefined ? '' : html`<p><a href="${api}">${texts.device.asData}</a></p>`}</article>`;
  return siteDocument(context, { kind: 'listed', device: model.id }, { title: model.fullName, main });
}

/** Models of public lists that a search finds, below the devices of the lab and apart from them. */
export function listedHits({ texts, links }: SiteContext, hits: readonly ListedHit[]): Html {
  return html`<section class="listed-hits" aria-labelledby="listed-hits-name"${hits.length === 0 ? html` hidden` : ''} data-path="${links.page({ kind: 'listed', device: 'DEVICE' })}"><h2 id="listed-hits-name">${texts.listed.found}</h2><p class="dim">${texts.listed.hint}</p><ul>${hits.map((hit) => html`<li><a href="${links.page({ kind: 'listed', device: hit.id })}">${hit.fullName}</a> <span class="kind">${texts.listed.expectation[hit.expectation]}</span></li>`)}</ul></section>`;
}
