import { html } from '../../report/page/html.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** The page for a request that cannot be answered: what went wrong, and the way back. */
export function errorPage(context: SiteContext, status: number, message: string): string {
  const { texts, links } = context;
  const main = html`<section class="error-page"><h1>${status === 404 ? texts.error.notFound : texts.error.title}</h1><p class="lead">${status === 404 ? texts.error.notFoundHint : message}</p><p><a class="button" href="${links.page({ kind: 'search' })}">${texts.error.back}</a></p></section>`;
  return siteDocument(context, { kind: 'search' }, { title: texts.error.title, main });
}
