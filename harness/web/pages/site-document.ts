import type { DataFacts } from '../../db/lookup/lookup-source.ts';
import { dayText } from '../../db/answers/answer-text.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { html, type Html } from '../../report/page/html.ts';
import { siteTexts, type SiteTexts } from '../texts/site-texts.ts';
import type { Links, Page } from './links.ts';
import { markSymbols } from './marks.ts';

/** What every page is made from. */
export interface SiteContext {
  readonly texts: SiteTexts;
  readonly links: Links;
  readonly about: DataFacts;
  /** Changes with style and script, so that none is shown from an old copy. */
  readonly assetVersion: string;
  /** For static copies, which have no headers. */
  readonly policy?: string;
  /** Name of the data release that is shown, `2026-11-22`; undefined for the working database. */
  readonly release?: string;
  /** Ids of the releases of the data that are served too. */
  readonly releases?: readonly string[];
}

/** A whole page. `page` is where it is, for the links to itself in the other language. */
export function siteDocument(context: SiteContext, page: Page, parts: { readonly title: string; readonly main: Html; readonly wide?: boolean }): string {
  const { texts, links, about } = context;
  const other: Language = texts.language === 'ru' ? 'en' : 'ru';
  const asset = (name: string): string => `${links.asset(name)}?${context.assetVersion}`;
  const entry = (name: string, to: Page): Html => html`<li><a href="${links.page(to)}"${to.kind === page.kind ? html` aria-current="page"` : ''}>${name}</a></li>`;
  const newest = about.newestResultAt === null ? texts.noData : dayText(about.newestResultAt, texts.language);
  return html`<!doctype html>
<html lang="${texts.language}">
<head><meta charset="utf-8">${context.policy === undefined ? '' : html`<meta http-equiv="Content-Security-Policy" content="${context.policy}">`}<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${parts.title} · ${texts.site}</title><link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml"><link rel="stylesheet" href="${asset('site.css')}">${links.api('') === undefined ? html`<script src="${asset('static.js')}" defer></script>` : ''}<script src="${asset('site.js')}" defer></script></head>
<body class="page-${page.kind}${parts.wide ? ' wide' : ''}">
${markSymbols()}
<a class="skip" href="#main">${texts.skip}</a>
<header class="top"><div class="inner"><a class="brand" href="${links.page({ kind: 'search' })}"><svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="7"/><path class="wire" d="M3 16h6m14 0h6"/><circle cx="16" cy="16" r="7.5"/><path class="yes" d="m12.4 16.3 2.6 2.6 4.8-5.4"/></svg>${texts.site}</a>
<nav aria-label="${texts.nav.label}"><ul>${entry(texts.nav.search, { kind: 'search' })}${entry(texts.nav.tender, { kind: 'tender' })}${entry(texts.nav.about, { kind: 'about' })}</ul></nav>
<a class="language" href="${links.other(other, page)}" lang="${other}" hreflang="${other}">${texts.other}</a></div></header>
${context.release === undefined ? '' : html`<p class="dated"><span class="inner">${texts.dated(context.release)}</span></p>`}
<main id="main" tabindex="-1">
${parts.main}
</main>
<footer><div class="inner"><p>${texts.footer(newest, about.version)}${context.release === undefined ? '' : html` · <strong>${context.release}</strong>`}</p></div></footer>
</body>
</html>
`.text;
}

/** Texts of a language. */
export function textsOf(language: Language): SiteTexts {
  return siteTexts[language];
}
