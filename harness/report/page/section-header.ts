import { states, type State } from '../night-counts.ts';
import type { NightView } from '../night-view.ts';
import { dateTime, duration } from './formats.ts';
import { html, type Html } from './html.ts';
import { stateIcon } from './icons.ts';
import { planName } from '../plan-name.ts';
import { nameOf, type PageContext } from './page-context.ts';
import type { Texts } from './texts.ts';

/** The night in one sentence, or two if it stopped early. */
export function verdictSentence(view: NightView, texts: Texts): string {
  const { counts, summary } = view;
  const failures = view.failures.reduce((sum, group) => sum + group.troubles.length, 0);
  const fresh = view.changes ? view.failures.reduce((sum, group) => sum + group.troubles.filter((trouble) => trouble.isNew).length, 0) : undefined;
  const trials = view.trials.reduce((sum, group) => sum + group.troubles.length, 0);
  const counted = counts.testsExecuted - trials;
  const sentences: string[] = [];
  if (summary.stopped || view.notRun.length > 0) sentences.push(texts.verdict.stopped(counts.cellsRun, counts.cellsPlanned));
  if (failures > 0) sentences.push(texts.verdict.failed(failures, fresh));
  else if (counts.testsExecuted === 0) sentences.push(texts.verdict.nothing);
  else if (counts.cells.MISS > 0 || counts.tests.MISS > 0) sentences.push(texts.verdict.labOnly(new Set(view.labFaults.flatMap((group) => group.troubles.filter((trouble) => trouble.outcome === 'MISS').map((trouble) => trouble.result.cell.id))).size));
  else if (counts.tests.ERROR > 0) sentences.push(texts.verdict.errorsOnly(counts.tests.ERROR));
  else if (sentences.length === 0 && view.flakes.length > 0) sentences.push(texts.verdict.passedFlaky(view.flakes.length, counted));
  else if (sentences.length === 0) sentences.push(texts.verdict.allPassed(counted, counts.cellsRun));
  if (trials > 0 && failures === 0) sentences.push(texts.verdict.trials(trials));
  return sentences.join(' ');
}

/** The state that the whole night is shown in. */
export function nightState(view: NightView): State {
  if (view.failures.length > 0) return 'FAIL';
  if (view.counts.testsExecuted === 0 || view.counts.cells.MISS > 0 || view.counts.tests.MISS > 0 || view.notRun.length > 0 || view.summary.stopped) return 'MISS';
  if (view.counts.tests.ERROR > 0) return 'ERROR';
  return view.flakes.length > 0 ? 'FLAKY' : 'PASS';
}

export function headerSection(context: PageContext): Html {
  const { texts, view } = context;
  const { night } = view.summary;
  const state = nightState(view);
  const facts: readonly (readonly [string, Html | string])[] = [
    [texts.fact.started, html`<time datetime="${night.startedAt}">${dateTime(night.startedAt, texts)}</time>`],
    [texts.fact.took, duration(view.seconds * 1000, texts)],
    [texts.fact.plan, html`<span lang="en">${nameOf(planName(night.plan), context)}</span>`],
    [texts.fact.slots, texts.slots(night.slots)],
    [texts.fact.acceleration, night.accelerator === 'kvm' ? texts.kvm : texts.tcg],
  ];
  const emulated = view.summary.results.length > 0 && view.summary.results.every((result) => result.evidence < 'E3');
  return html`<header class="hero s-${state}"><div class="hero-mark">${stateIcon(state)}</div><div class="hero-text"><h1>${verdictSentence(view, texts)}</h1>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>${emulated ? html`<p class="dim evidence-note">${texts.emulatedNote}</p>` : ''}</div></header>
${numbers(context)}`;
}

/** Tests by state, as a bar and as numbers that link to their section. */
function numbers(context: PageContext): Html {
  const { texts, view } = context;
  const counts = view.counts.tests;
  const shown: readonly State[] = ['FAIL', 'MISS', 'ERROR', 'FLAKY', ...(counts.TRIAL > 0 ? (['TRIAL'] as const) : []), 'SKIP', 'DONE', 'PASS'];
  const target: Readonly<Partial<Record<State, string>>> = { FAIL: '#failures', MISS: '#lab', ERROR: '#lab', FLAKY: '#flakes', TRIAL: '#trials', SKIP: '#skips' };
  const total = states.reduce((sum, state) => sum + counts[state], 0);
  let from = 0;
  const bar = total === 0 ? [] : shown.filter((state) => counts[state] > 0).map((state) => {
    const width = Math.max(4, (counts[state] / total) * 1000);
    const piece = html`<rect class="s-${state}" x="${from.toFixed(2)}" y="0" width="${Math.max(2, width - 2).toFixed(2)}" height="8"/>`;
    from += width;
    return piece;
  });
  const number = (state: State): Html => {
    const count = state === 'MISS' ? counts.MISS + view.labFaults.flatMap((group) => group.troubles).filter((trouble) => !trouble.test).length : counts[state];
    const inner = html`<span class="number">${count}</span><span class="number-name">${stateIcon(state)} ${texts.state[state]}</span>`;
    return html`<li class="s-${state}${count === 0 ? ' zero' : ''}">${count > 0 && target[state] ? html`<a href="${target[state] ?? ''}">${inner}</a>` : html`<div>${inner}</div>`}</li>`;
  };
  return html`<section class="numbers" aria-label="${texts.tests(view.counts.testsTotal)}, ${texts.cells(view.counts.cellsRun)}"><svg class="bar" viewBox="0 0 ${Math.max(1000, from).toFixed(0)} 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">${bar}</svg><ul>${shown.map(number)}<li class="total"><div><span class="number">${view.counts.testsTotal}</span><span class="number-name">${texts.tests(view.counts.testsTotal).replace(/^[\d\s.,]+/u, '')} · ${texts.cells(view.counts.cellsRun)}</span></div></li></ul></section>`;
}
