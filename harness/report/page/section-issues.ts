import type { NightIssue } from '../../db/night-issues.ts';
import { html, visibleText, type Html } from './html.ts';
import type { PageContext } from './page-context.ts';

const mostCells = 6;

/** What is wrong, in the language of the page where the issue says it. */
export function issueTitle({ title, titleRu }: Pick<NightIssue, 'title' | 'titleRu'>, { texts }: Pick<PageContext, 'texts'>): Html {
  return texts.language === 'ru' && titleRu !== undefined ? html`<span lang="ru">${visibleText(titleRu)}</span>` : html`<span lang="en">${visibleText(title)}</span>`;
}

/** Known issues with what the night says of each and where. Links lead out, so they are shown as text that can be copied. */
export function issuesSection(issues: readonly NightIssue[], context: PageContext): Html {
  const { texts } = context;
  const row = ({ id, link, state, cells, ...words }: NightIssue): Html =>
    html`<tr><th scope="row" lang="en">${id}</th><td><strong>${texts.issueState[state]}</strong></td><td>${issueTitle(words, context)}<br><span class="dim" lang="en">${link}</span></td><td lang="en">${cells.slice(0, mostCells).join(', ')}${cells.length > mostCells ? html` <span class="dim">${texts.more(cells.length - mostCells)}</span>` : ''}</td></tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${texts.section.issues}"><table class="plain-table"><tbody>${issues.map(row)}</tbody></table></div>`;
}
