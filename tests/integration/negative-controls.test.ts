import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { TypedEvents } from '../../harness/base/typed-events.ts';
import type { NegativeControl } from '../../harness/db/generated/negative-controls.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { listImageIds } from '../../harness/images/catalogue.ts';
import type { NightEvents } from '../../harness/report/night-events.ts';
import { loadCatalogue } from '../../harness/run/catalogue.ts';
import type { Cell } from '../../harness/run/cell.ts';
import { applyNegativeControl, loadNegativeControls, survivors } from '../../harness/run/negative-control.ts';
import { makeCell } from '../../harness/run/plan.ts';
import { realLab } from '../../harness/run/real-lab.ts';
import { startNight } from '../../harness/run/start-night.ts';
import { longRun } from './long-run.ts';

/** How many controls of each suite every run tries (the quick ones stand first), of those for the reference image; `hwlab test --long` tries all, and so does `hwlab suite audit`. */
const controlsASuite = longRun ? Infinity : 1;
const minutes = longRun ? 90 : 25;

/** A suite that cannot fail proves nothing: each is run in real guests against devices and systems that are broken on purpose. */
describe('negative controls, in real guests', function () {
  this.timeout(minutes * 60_000);

  it(`every suite fails where it must (${controlsASuite === Infinity ? 'all controls' : `the first control of each suite`})`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hwlab-controls-'));
    try {
      const catalogue = await loadCatalogue(await listImageIds());
      const controls = new Map<string, NegativeControl>();
      const cells: Cell[] = [];
      for (const suite of catalogue.suites.keys()) {
        const known = await loadNegativeControls(suite);
        expect(known.length, `negative controls of ${suite}`).to.be.at.least(1);
        const here = controlsASuite === Infinity ? known : known.filter(({ image, machine }) => image === undefined && machine === undefined);
        for (const control of here.slice(0, controlsASuite)) {
          const cell = makeCell({ image: control.image ?? 'debian-12', machine: control.machine ?? 'vm-basic', model: control.model, suite }, cells.length + 1, catalogue);
          cells.push(applyNegativeControl(cell, control));
          controls.set(cells.at(-1)?.id.id ?? '', control);
        }
      }
      // A control mostly waits for what must not come, so one guest more than there are processors costs nothing.
      const { results: first } = await runAll(cells, folder, availableParallelism() + 1);
      expect(first).to.have.length(cells.length);
      // What the lab could not run (two guests on a busy host are too slow for a touch test) says nothing of the suite: once more, one at a time.
      const missed = new Set(first.filter(isMiss).map((result) => result.cell.id));
      const again = missed.size === 0 ? [] : (await runAll(cells.filter((cell) => missed.has(cell.id.id)), folder, 1)).results;
      const results = [...first.filter((result) => !isMiss(result)), ...again];
      const wrong = results.flatMap((result) => judge(result, controls.get(result.cell.id)));
      if (wrong.length > 0) expect.fail(`these did not fail where they must:\n${wrong.join('\n')}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  async function runAll(cells: readonly Cell[], folder: string, slots: number): Promise<{ results: readonly Result[] }> {
    const deadline = Deadline.after(minutes * 60_000);
    const events = new TypedEvents<NightEvents>((error) => {
      throw error;
    });
    return await startNight({ cells, plan: 'controls-0000000000000000', deadlineMinutes: 2, database: folder, reports: folder, events, signal: deadline.signal, lab: await realLab(deadline), slots });
  }

  function isMiss(result: Result): boolean {
    return result.outcome === 'MISS' || result.tests.some((test) => test.outcome === 'MISS');
  }

  /** What is wrong with a control's result, in words; nothing when every feature that must fail failed. */
  function judge(result: Result, control: NegativeControl | undefined): string[] {
    if (!control) return [`${result.cell.id}: no such control`];
    if (result.outcome === 'MISS') return [`${result.cell.id}: ${result.reason?.message ?? result.tests.map((test) => test.attempts.at(-1)?.failure?.message ?? '').join('; ')}`];
    return survivors(control, result).map((feature) => {
      const outcomes = result.tests.filter((test) => test.feature === feature).map((test) => `${test.outcome}: ${test.attempts.at(-1)?.failure?.message ?? test.attempts.at(-1)?.skipReason ?? ''}`);
      return `${result.cell.id}: ${feature} did not fail: ${outcomes.join('; ') || 'no such test'}`;
    });
  }
});
