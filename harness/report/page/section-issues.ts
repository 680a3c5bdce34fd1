import type { NightIssue } from '../../db/night-issues.ts';
import { html, type Html } from './html.ts';
import type { PageContext } from './page-context.ts';

const mostCells = 6;

/** Known issues with what the night says of each and where. Links lead out, so they are shown as text that can be copied. */
export function issuesSection(issues: readonly NightIssue[], { texts }: PageContext): Html {
  const row = ({ id, title, link, state, cells }: NightIssue): Html =>
    html`<tr><th scope="row" lang="en">${id}</th><td><strong>${texts.issueState[state]}</strong></td><td lang="en">${title}<br><span class="dim">${link}</span></td><td lang="en">${cells.slice(0, mostCells).join(', ')}${cells.length > mostCells ? html` <span class="dim">${texts.more(cells.length - mostCells)}</span>` : ''}</td></tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${texts.section.issues}"><table class="plain-table"><tbody>${issues.map(row)}</tbody></table></div>`;
}
