import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypedEvents } from '../harness/base/typed-events.ts';
import { listImageIds } from '../harness/images/catalogue.ts';
import type { NightEvents, NightSummary } from '../harness/report/night-events.ts';
import { ownTime } from '../harness/report/night-pace.ts';
import { loadCatalogue } from '../harness/run/catalogue.ts';
import type { Cell } from '../harness/run/cell.ts';
import { expandPlan, makeCell } from '../harness/run/plan.ts';
import { loadPlan } from '../harness/run/plan-file.ts';
import { realLab } from '../harness/run/real-lab.ts';
import { startNight } from '../harness/run/start-night.ts';
import type { BenchParts } from './bench-parts.ts';
import { median } from './median.ts';
import type { Figure } from './print-figures.ts';

/** The smoke plan twice: cells an hour, and what share of a cell's wall time is the harness's own. */
export async function measureCells(parts: BenchParts): Promise<{ figures: Figure[]; lines: string[] }> {
  const catalogue = await loadCatalogue(await listImageIds());
  const { plan } = await loadPlan('smoke', catalogue.plans);
  const cells = expandPlan(plan, catalogue);
  const started = performance.now();
  const results = [...(await night(parts, cells)).results, ...(await night(parts, cells)).results];
  const seconds = (performance.now() - started) / 1000;
  const bad = results.filter((result) => result.outcome !== 'PASS').length;
  const total = sum(results, (result) => result.timings['total'] ?? 0) / results.length / 1000;
  return {
    figures: [{ what: "the harness's own share of a cell", ours: sum(results, ownTime) / results.length / 1000, theirs: total, unit: 's', against: 'the whole cell', goal: { atMost: 0.1 } }],
    lines: [`smoke plan twice: ${results.length} cells in ${seconds.toFixed(0)} s = ${((results.length * 3600) / seconds).toFixed(0)} cells an hour, ${bad} of them not PASS`],
  };
}

/** A cell that only needs enumeration and one transfer (a file to a printer's bulk pipe), three times, beside its limit of six seconds. */
export async function measureShortCell(parts: BenchParts): Promise<Figure[]> {
  const catalogue = await loadCatalogue(await listImageIds());
  const cell = makeCell({ image: parts.image.id, machine: parts.profile.id, model: 'hp-laserjet-p1102', suite: 'printers' }, 1, catalogue);
  const totals: number[] = [];
  for (let round = 1; round <= 3; round += 1) {
    const { results } = await night(parts, [{ ...cell, features: ['printing.direct'] }]);
    for (const result of results) if (result.outcome === 'PASS') totals.push(result.timings['total'] ?? NaN);
  }
  return [{ what: 'a cell of one transfer', ours: totals.length === 3 ? median(totals) / 1000 : NaN, theirs: 6, unit: 's', against: 'the limit', goal: { atMost: 1 } }];
}

/** 1,000 touch reports in ten seconds, by the suite's own test. */
export async function measureTouch(parts: BenchParts): Promise<string[]> {
  const catalogue = await loadCatalogue(await listImageIds());
  const cell = makeCell({ image: parts.image.id, machine: parts.profile.id, model: 'hwlab-panel-65', suite: 'panels' }, 1, catalogue);
  const { results } = await night(parts, [{ ...cell, grep: 'touch.rate' }]);
  return results.flatMap((result) =>
    result.tests.map((test) => {
      const last = test.attempts.at(-1);
      const measured = Object.entries(last?.measurements ?? {}).map(([name, value]) => `${name} ${value.toFixed(1)}`);
      return `${test.title}: ${test.outcome}${test.flake ? ' at the second attempt' : ''}${measured.length > 0 ? ` (${measured.join(', ')})` : ''}${last?.failure ? `: ${last.failure.message}` : ''}`;
    }),
  );
}

async function night(parts: BenchParts, cells: readonly Cell[]): Promise<NightSummary> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bench-'));
  const events = new TypedEvents<NightEvents>((error) => parts.say(String(error)));
  events.on('cell-finished', ({ result, done, total }) => parts.say(`cell ${done} of ${total}: ${result.cell.id} ${result.outcome} in ${((result.timings['total'] ?? 0) / 1000).toFixed(1)} s`));
  try {
    return await startNight({ cells, plan: 'bench-0000000000000000', deadlineMinutes: 5, database: folder, reports: folder, events, signal: parts.deadline.signal, lab: await realLab(parts.deadline) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
