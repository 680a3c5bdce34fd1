import { dayText } from '../../db/answers/answer-text.ts';
import { verdictTexts } from '../../db/verdicts/verdict-texts.ts';
import { html } from '../../report/page/html.ts';
import { legend } from './search-page.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** What the answers mean, what proves them, and what the data are. */
export function aboutPage(context: SiteContext): string {
  const { texts, about, links } = context;
  const own = texts.about;
  const levels = Object.entries(verdictTexts[texts.language].evidence).toReversed();
  const openapi = links.api('openapi.json');
  const main = html`<h1>${own.title}</h1><p class="lead">${own.lead}</p>
${legend(texts)}
<section aria-labelledby="ladder-name"><h2 id="ladder-name">${own.ladder}</h2><p>${own.ladderLead}</p><ol class="ladder">${levels.map(([level, words]) => html`<li><span class="step">${level}</span> ${words.replace(/^E\d, /, '')}</li>`)}</ol></section>
<section aria-labelledby="data-name"><h2 id="data-name">${own.data}</h2><p>${own.dataLead}</p><dl class="made"><div><dt>${own.devices}</dt><dd>${about.devices.toLocaleString(texts.locale)}</dd></div><div><dt>${own.results}</dt><dd>${about.results.toLocaleString(texts.locale)}</dd></div><div><dt>${own.newest}</dt><dd>${about.newestResultAt === null ? texts.noData : dayText(about.newestResultAt, texts.language)}</dd></div><div><dt>${own.version}</dt><dd class="mono">${about.version}</dd></div><div><dt>${own.releases}</dt><dd>${about.images.map(({ name }) => name).join(', ')}</dd></div></dl></section>
${context.releases === undefined || context.releases.length === 0 ? '' : html`<section aria-labelledby="releases-name"><h2 id="releases-name">${texts.dataReleases}</h2><ul>${context.releases.map((id) => html`<li><a href="/r/${id}/${texts.language}/">${id}</a></li>`)}</ul></section>`}
${openapi === undefined ? '' : html`<section aria-labelledby="api-name"><h2 id="api-name">${own.api}</h2><p>${own.apiLead} <a href="${openapi}">${openapi}</a></p></section>`}`;
  return siteDocument(context, { kind: 'about' }, { title: own.title, main });
}
