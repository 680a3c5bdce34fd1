import type { CellChange, EnvironmentChange, NightChanges, TestChange } from '../compare-nights.ts';
import type { State } from '../night-counts.ts';
import { dateOnly } from './formats.ts';
import { html, type Html } from './html.ts';
import { stateWord } from './icons.ts';
import { cellLine, nameOf, type PageContext } from './page-context.ts';

const most = 8;
type TestList = { [Key in keyof NightChanges]: NightChanges[Key] extends readonly TestChange[] ? Key : never }[keyof NightChanges];
const testLists: readonly TestList[] = ['newFailures', 'fixed', 'newFlakes', 'newlyUntested', 'newlySkipped', 'goneTests', 'newTests', 'stillFailing'];

/** What is not as it was the night before; the lists that matter in the morning come first. */
export function changesSection(context: PageContext): Html {
  const { texts, view } = context;
  const { changes } = view;
  const before = view.summary.before;
  if (!changes || !before) return html`<p class="dim">${texts.firstNight}</p>`;
  const blocks = [
    ...testLists.map((list) => block(texts.changes[list], list, changes[list].map((change) => testItem(change, context)), context)),
    block(texts.changes.newMisses, 'newMisses', changes.newMisses.map((change) => cellItem(change, context)), context),
    block(texts.changes.goneCells, 'goneCells', changes.goneCells.map((change) => cellItem(change, context)), context),
    block(texts.changes.newCells, 'newCells', changes.newCells.map((change) => cellItem(change, context)), context),
  ].filter((item) => item !== undefined);
  const environment = changes.environment.length === 0 ? undefined : environmentBlock(changes.environment, context);
  return html`<p class="dim since">${texts.since(dateOnly(before.startedAt, texts))} · <span lang="en">${before.id}</span></p>
${blocks.length === 0 ? html`<p>${texts.noChange}</p>` : ''}${blocks.length === 0 && !environment ? '' : html`<div class="changes">${environment ?? ''}${blocks}</div>`}`;
}

function block(title: string, list: string, items: readonly Html[], context: PageContext): Html | undefined {
  if (items.length === 0) return undefined;
  const rest = items.slice(most);
  return html`<section class="change change-${list}"><h3>${title} <span class="count">${items.length}</span></h3><ul>${items.slice(0, most)}</ul>${rest.length === 0 ? '' : html`<details><summary>${context.texts.more(rest.length)}</summary><ul>${rest}</ul></details>`}</section>`;
}

function testItem(change: TestChange, context: PageContext): Html {
  return html`<li><span class="change-title" lang="en">${change.title}</span> ${cellLine(change.cell, context)} ${step(change.before, change.now, context)}</li>`;
}

function cellItem(change: CellChange, context: PageContext): Html {
  return html`<li>${cellLine(change.cell, context)} ${step(change.before, change.now, context)}</li>`;
}

function step(before: State | undefined, now: State | undefined, context: PageContext): Html {
  const { texts } = context;
  const word = (state: State | undefined): Html => (state === undefined ? html`<span class="state">${texts.absent}</span>` : stateWord(state, texts));
  return html`<span class="step">${word(before)} <span aria-hidden="true">→</span><span class="visually-hidden">${texts.now}:</span> ${word(now)}</span>`;
}

function environmentBlock(changes: readonly EnvironmentChange[], context: PageContext): Html {
  const { texts } = context;
  const shown = changes.slice(0, 60);
  const row = (change: EnvironmentChange): Html => html`<tr><th scope="row" lang="en">${change.what} ${nameOf(change.name, context)}${change.image === '' || change.image === change.name ? '' : html` <span class="dim">${nameOf(change.image, context)}</span>`}</th><td lang="en">${short(change.before, texts.absent)}</td><td lang="en">${short(change.now, texts.absent)}</td></tr>`;
  return html`<section class="change change-environment"><h3>${texts.changes.environment} <span class="count">${changes.length}</span></h3><div class="scroll" tabindex="0" role="region" aria-label="${texts.changes.environment}"><table class="plain-table"><thead><tr><td></td><th scope="col">${texts.was}</th><th scope="col">${texts.now}</th></tr></thead><tbody>${shown.map(row)}</tbody></table></div>${changes.length > shown.length ? html`<p class="dim">${texts.more(changes.length - shown.length)}</p>` : ''}</section>`;
}

function short(value: string | undefined, absent: string): string {
  if (value === undefined) return absent;
  return /^[0-9a-f]{16,}$/.test(value) ? `${value.slice(0, 12)}…` : value;
}
