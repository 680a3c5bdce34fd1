import type { CellId } from '../../db/generated/result.ts';
import { firstLine, type SkipGroup } from '../night-view.ts';
import { rerunCommand } from '../rerun-command.ts';
import { evidenceDetails } from './evidence-view.ts';
import { html, type Html } from './html.ts';
import { stateIcon } from './icons.ts';
import { cellLine, commandLine, searchWords, type PageContext } from './page-context.ts';
import { troubleGroups } from './section-troubles.ts';

const most = 20;

/** Faults of the lab and of the tests, and cells that never ran: apart from the product's failures. */
export function labSection(context: PageContext): Html {
  const { texts, view } = context;
  if (view.labFaults.length === 0 && view.notRun.length === 0) return html`<p class="dim">${texts.noLab}</p>`;
  const { stopped } = view.summary;
  return html`<p class="intro">${texts.labIntro}</p>
${view.notRun.length === 0 ? '' : html`<div class="not-run"><p>${stateIcon('NOT-RUN')} ${texts.notRunIntro(stopped?.code ?? 'not-run')} ${stopped ? html`<span lang="en">${stopped.message}</span>` : ''}</p>${cellList(view.notRun, context)}</div>`}
${troubleGroups(view.labFaults, 'lab', context)}`;
}

/** Tests that passed only in a second attempt, with what failed in the first. */
export function flakesSection(context: PageContext): Html {
  const { texts, view } = context;
  if (view.flakes.length === 0) return html`<p class="dim">${texts.noFlakes}</p>`;
  return html`<p class="intro">${texts.flakeIntro}</p>${view.flakes.map(({ result, test }) => {
    const failed = test.attempts.find((attempt) => attempt.failure);
    return html`<details class="flake item" data-trouble data-words="${searchWords(result.cell, context, test.title, test.feature, texts.state.FLAKY)}"><summary>${stateIcon('FLAKY')} <span class="title" lang="en">${test.title}</span> ${cellLine(result.cell, context, true)} <span class="dim attempt">${texts.attempts(test.attempts.length)}</span></summary><div class="trouble-body">${failed?.failure ? html`<p class="message" lang="en">${firstLine(failed.failure.message)}</p>` : ''}<div class="evidences">${(failed?.artefacts ?? []).map((artefact) => evidenceDetails(artefact, context, false))}</div>${commandLine(rerunCommand(result.cell, test.title), context)}</div></details>`;
  })}`;
}

/** Skips by reason, most frequent first. */
export function skipsSection(context: PageContext): Html {
  const { texts, view } = context;
  if (view.skips.length === 0) return html`<p class="dim">${texts.noSkips}</p>`;
  const entry = (group: SkipGroup): Html => html`<details class="skip item" data-words="${`${group.reason} ${group.entries.map((item) => `${item.cell.id} ${item.title ?? ''}`).join(' ')}`.toLowerCase().slice(0, 2000)}"><summary><span class="count">${group.entries.length}</span> <span lang="en">${group.reason === '' ? texts.skipNoReason : group.reason}</span></summary><ul>${group.entries.slice(0, 100).map((item) => html`<li>${item.title === undefined ? '' : html`<span lang="en">${item.title}</span> `}${cellLine(item.cell, context)}</li>`)}</ul>${group.entries.length > 100 ? html`<p class="dim">${texts.more(group.entries.length - 100)}</p>` : ''}</details>`;
  return html`${view.skips.map(entry)}`;
}

function cellList(cells: readonly CellId[], context: PageContext): Html {
  const rest = cells.slice(most);
  const item = (cell: CellId): Html => html`<li>${cellLine(cell, context)}</li>`;
  return html`<ul>${cells.slice(0, most).map(item)}</ul>${rest.length === 0 ? '' : html`<details><summary>${context.texts.more(rest.length)}</summary><ul>${rest.map(item)}</ul></details>`}`;
}
