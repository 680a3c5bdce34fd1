import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypedEvents } from '../harness/base/typed-events.ts';
import type { Result } from '../harness/db/generated/result.ts';
import { listImageIds } from '../harness/images/catalogue.ts';
import type { NightEvents, NightSummary } from '../harness/report/night-events.ts';
import { loadCatalogue } from '../harness/run/catalogue.ts';
import type { Cell } from '../harness/run/cell.ts';
import { expandPlan, makeCell } from '../harness/run/plan.ts';
import { loadPlan } from '../harness/run/plan-file.ts';
import { realLab } from '../harness/run/real-lab.ts';
import { startNight } from '../harness/run/start-night.ts';
import type { BenchParts } from './bench-parts.ts';
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

/** Milliseconds of a cell that are neither QEMU's nor the guest's: what is left when starting, connecting, enumerating, testing and destroying are taken away. */
function ownTime(result: Result): number {
  const theirs = ['restore', 'connect', 'attach', 'tests', 'discard'].reduce((milliseconds, phase) => milliseconds + (result.timings[phase] ?? 0), 0);
  return Math.max(0, (result.timings['total'] ?? 0) - theirs);
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
