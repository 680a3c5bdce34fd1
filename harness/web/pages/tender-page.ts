import { html } from '../../report/page/html.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** Where a table is sent for checking. A static copy has no server and says how else. */
export function tenderPage(context: SiteContext): string {
  const { texts, links } = context;
  const own = texts.tender;
  const served = links.api('') !== undefined;
  const form = html`<form class="upload" method="post" enctype="multipart/form-data" action="${links.page({ kind: 'tender' })}"><label for="list">${own.file}</label><input id="list" name="list" type="file" accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" required><button type="submit">${own.button}</button><p class="dim">${own.hint}</p></form>`;
  const main = html`<h1>${own.title}</h1><p class="lead">${own.lead}</p>${served ? form : html`<p class="empty">${own.notHere}</p>`}`;
  return siteDocument(context, { kind: 'tender' }, { title: own.title, main });
}
