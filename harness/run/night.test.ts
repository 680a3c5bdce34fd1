import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HwlabError } from '../base/hwlab-error.ts';
import { TypedEvents } from '../base/typed-events.ts';
import type { Result } from '../db/generated/result.ts';
import type { NightEvents } from '../report/night-events.ts';
import { Durations } from './estimate.ts';
import { runNight, type NightParts } from './night.ts';
import { sampleCell, sampleResult } from './testing/sample-cell.ts';

describe('runNight', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-night-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function parts(changes: Partial<NightParts> = {}): NightParts & { kept: Result[]; seen: string[] } {
    const kept: Result[] = [];
    const seen: string[] = [];
    const events = new TypedEvents<NightEvents>((error) => {
      throw error;
    });
    for (const name of ['night-started', 'cell-finished', 'night-finished'] as const) events.on(name, () => void seen.push(name));
    return {
      info: { id: '20261122-000000-test', plan: 'test', startedAt: '2026-11-22T00:00:00.000Z', folder, database: folder, resumed: false, accelerator: 'tcg' },
      cells: [1, 2, 3, 4, 5].map((number) => sampleCell(number)),
      earlier: [],
      slots: 2,
      events,
      results: { append: async (result) => void kept.push(result) },
      durations: new Durations(10),
      runCell: async (cell) => sampleResult(cell, 'PASS'),
      signal: new AbortController().signal,
      minimumFree: 0,
      kept,
      seen,
      ...changes,
    };
  }

  it('runs every cell once, keeps each result, and ends with 0', async () => {
    const night = parts();
    const summary = await runNight(night);
    expect(night.kept.map((result) => result.cell.model).sort()).to.deep.equal(['model-1', 'model-2', 'model-3', 'model-4', 'model-5']);
    expect(summary.exitCode).to.equal(0);
    expect(night.seen).to.deep.equal(['night-started', ...Array<string>(5).fill('cell-finished'), 'night-finished']);
  });

  it('never has more cells under way than slots, and no two in one slot', async () => {
    const busy = new Set<number>();
    let most = 0;
    let both: () => void = () => undefined;
    // The first cell stays until the second is under way, however slow this machine is.
    const together = new Promise<void>((resolve) => (both = resolve));
    await runNight(
      parts({
        runCell: async (cell, slot) => {
          expect(busy.has(slot)).to.equal(false);
          busy.add(slot);
          most = Math.max(most, busy.size);
          if (most === 2) both();
          await Promise.race([together, sleep(5000, undefined, { ref: false })]);
          busy.delete(slot);
          return sampleResult(cell, 'PASS');
        },
      }),
    );
    expect(most).to.equal(2);
  });

  it('resumed, runs exactly the cells that have no result and counts the earlier ones', async () => {
    const cells = [1, 2, 3, 4, 5].map((number) => sampleCell(number));
    const night = parts({ cells, earlier: [sampleResult(cells[1]!, 'FAIL'), sampleResult(cells[3]!, 'PASS')] });
    const summary = await runNight(night);
    expect(night.kept.map((result) => result.cell.model).sort()).to.deep.equal(['model-1', 'model-3', 'model-5']);
    expect(summary.results).to.have.length(5);
    expect(summary.exitCode).to.equal(1);
  });

  it('interrupted, starts no further cell, keeps what is done, and says so', async () => {
    const control = new AbortController();
    const night = parts({
      slots: 1,
      signal: control.signal,
      runCell: async (cell) => {
        if (cell.number === 2) {
          control.abort();
          throw new HwlabError({ code: 'cell-interrupted', blame: 'lab', message: 'interrupted' });
        }
        return sampleResult(cell, 'PASS');
      },
    });
    const summary = await runNight(night);
    expect(night.kept).to.have.length(1);
    expect(summary.stopped?.code).to.equal('night-interrupted');
    expect(summary.exitCode).to.equal(130);
    expect(night.seen.at(-1)).to.equal('night-finished');
  });

  it('stops before a cell when the disk is nearly full, with what is done kept', async () => {
    const night = parts({ minimumFree: Number.MAX_SAFE_INTEGER });
    const summary = await runNight(night);
    expect(night.kept).to.have.length(0);
    expect(summary.stopped?.code).to.equal('no-disk-space');
    expect(summary.exitCode).to.equal(3);
  });

  it('stops when the database cannot take a result, and does not count that cell as done', async () => {
    const night = parts({
      slots: 1,
      results: {
        append: async () => {
          throw new HwlabError({ code: 'no-disk-space', blame: 'lab', message: 'the disk is full' });
        },
      },
    });
    const summary = await runNight(night);
    expect(summary.results).to.have.length(0);
    expect(summary.exitCode).to.equal(3);
  });

  const outcomes: readonly [Result['outcome'], number][] = [
    ['PASS', 0],
    ['SKIP', 0],
    ['FAIL', 1],
    ['MISS', 3],
  ];
  for (const [outcome, code] of outcomes) {
    it(`ends with ${code} when a cell is ${outcome}`, async () => {
      const summary = await runNight(parts({ runCell: async (cell) => sampleResult(cell, cell.number === 3 ? outcome : 'PASS') }));
      expect(summary.exitCode).to.equal(code);
    });
  }
});
