import type { Result } from '../../db/generated/result.ts';
import { stateOfTest } from '../night-counts.ts';
import { duration } from './formats.ts';
import { html, type Html } from './html.ts';
import { stateIcon } from './icons.ts';
import { cellLine, nameOf, type PageContext } from './page-context.ts';

const phases = ['restore', 'connect', 'attach', 'process', 'tests', 'collect', 'discard'] as const;

/** Where the time went, by phase, and what took longest. */
export function timingsSection(context: PageContext): Html {
  const { texts, view } = context;
  const { results } = view.summary;
  const rows = [...phases.map((name) => phaseRow(name, results.map((result) => result.timings[name] ?? 0))), phaseRow('other', results.map(unaccounted))].filter((row) => row.sum > 0);
  const whole = rows.reduce((sum, row) => sum + row.sum, 0);
  if (whole === 0) return html``;
  let from = 0;
  const bar = rows.map((row) => {
    const width = (row.sum / whole) * 1000;
    const piece = html`<rect class="phase-${row.name}" x="${from.toFixed(2)}" y="0" width="${Math.max(0, width - 2).toFixed(2)}" height="14"/>`;
    from += width;
    return piece;
  });
  const phaseName = (name: string): string => texts.timings.phase[name] ?? name;
  return html`<h3>${texts.timings.phases}</h3><svg class="phase-bar" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true" focusable="false">${bar}</svg>
<div class="scroll" tabindex="0" role="region" aria-label="${texts.timings.phases}"><table class="plain-table"><thead><tr><td></td><th scope="col" class="n">${texts.timings.share}</th><th scope="col" class="n">${texts.timings.sum}</th><th scope="col" class="n">${texts.timings.median}</th></tr></thead><tbody>${rows.map((row) => html`<tr><th scope="row"><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false"><rect class="phase-${row.name}" width="10" height="10" rx="2"/></svg> ${phaseName(row.name)}</th><td class="n">${((row.sum / whole) * 100).toLocaleString(texts.locale, { maximumFractionDigits: 1 })} %</td><td class="n">${duration(row.sum, texts)}</td><td class="n">${duration(row.median, texts)}</td></tr>`)}</tbody></table></div>
<div class="slowest">${slowestTests(context)}${slowestCells(context)}</div>`;
}

/** What of a cell's whole time is in none of the phases: the harness's own share. */
function unaccounted({ timings }: Result): number {
  return Math.max(0, (timings['total'] ?? 0) - phases.reduce((sum, name) => sum + (timings[name] ?? 0), 0));
}

function phaseRow(name: string, all: readonly number[]): { readonly name: string; readonly sum: number; readonly median: number } {
  const values = all.filter((value) => value > 0).sort((a, b) => a - b);
  return { name, sum: values.reduce((sum, value) => sum + value, 0), median: values[Math.floor(values.length / 2)] ?? 0 };
}

function slowestTests(context: PageContext): Html {
  const { texts, view } = context;
  const tests = view.summary.results.flatMap((result) => result.tests.map((test) => ({ result, test, took: Math.max(...test.attempts.map((attempt) => attempt.durationMs)) }))).sort((a, b) => b.took - a.took);
  return html`<section><h3>${texts.timings.slowestTests}</h3><ol>${tests.slice(0, 6).map(({ result, test, took }) => html`<li><span class="n">${duration(took, texts)}</span> ${stateIcon(stateOfTest(test))} <span lang="en">${test.title}</span> ${cellLine(result.cell, context)}</li>`)}</ol></section>`;
}

function slowestCells(context: PageContext): Html {
  const { texts, view } = context;
  const cells = [...view.summary.results].sort((a, b) => (b.timings['total'] ?? 0) - (a.timings['total'] ?? 0));
  return html`<section><h3>${texts.timings.slowestCells}</h3><ol>${cells.slice(0, 6).map((result) => html`<li><span class="n">${duration(result.timings['total'] ?? 0, texts)}</span> ${cellLine(result.cell, context)}</li>`)}</ol></section>`;
}

/** What ran: images with hash, kernel and packages; harness, QEMU, suites. */
export function environmentSection(context: PageContext): Html {
  const { texts, view } = context;
  const words = texts.environment;
  const byImage = Map.groupBy(view.summary.results, (result) => result.cell.image);
  const values = (results: readonly Result[], pick: (result: Result) => string | undefined): string => [...new Set(results.map(pick).filter((value) => value !== undefined))].sort().join(', ') || '—';
  const images = [...byImage].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([image, results]) => {
    const packages = new Map(results.flatMap((result) => Object.entries(result.environment.packages ?? {})));
    return html`<section class="image-card"><h3 lang="en">${nameOf(image, context)}</h3><dl><dt>${words.hash}</dt><dd class="hash" lang="en">${values(results, (result) => result.environment.imageSha256)}</dd><dt>${words.kernel}</dt><dd lang="en">${values(results, (result) => result.environment.kernel)}</dd><dt>${words.release}</dt><dd lang="en">${values(results, (result) => result.environment.osRelease)}</dd><dt>${words.machines}</dt><dd lang="en">${values(results, (result) => nameOf(result.cell.machine, context))}</dd>${packages.size === 0 ? '' : html`<dt>${words.packages}</dt><dd lang="en"><ul class="packages">${[...packages].sort(([a], [b]) => a.localeCompare(b)).map(([name, version]) => html`<li>${name} <span class="dim">${version}</span></li>`)}</ul></dd>`}</dl></section>`;
  });
  const { results } = view.summary;
  return html`<div class="images">${images}</div><dl class="harness-facts"><dt>${words.harness}</dt><dd lang="en">${values(results, (result) => result.environment.harness)}</dd><dt>${words.qemu}</dt><dd lang="en">${values(results, (result) => result.environment.qemu)}</dd><dt>${texts.fact.plan}</dt><dd lang="en">${values(results, (result) => result.environment.plan)}</dd><dt>${words.suites}</dt><dd lang="en">${values(results, (result) => `${result.cell.suite} ${result.environment.suiteRevision}`)}</dd></dl>`;
}
