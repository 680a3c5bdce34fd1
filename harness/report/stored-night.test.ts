import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import { ResultStore } from '../db/result-store.ts';
import type { NightSummary } from './night-events.ts';
import { storedNight } from './stored-night.ts';
import { fakeNight, type FakeNightOptions } from './testing/fake-night.ts';

describe('storedNight', () => {
  let database: string;
  beforeEach(() => void (database = mkdtempSync(join(tmpdir(), 'hwlab-stored-'))));
  afterEach(() => rmSync(database, { recursive: true, force: true }));

  async function store(options: Partial<FakeNightOptions> & { readonly id: string }, record: { readonly finished?: boolean; readonly folder?: string } = {}): Promise<NightSummary> {
    await using results = ResultStore.open(database);
    const { summary } = fakeNight({ seed: 1, cells: 4, folder: '/r', ...options });
    const { id, plan, startedAt, slots, cells } = summary.night;
    await results.writeNight({ schema: 'hwlab/night/1', id, plan, startedAt, accelerator: 'tcg', slots, cells: [...cells], folder: record.folder ?? `nights/${id}`, ...(record.finished === false ? {} : { finishedAt: summary.finishedAt, exitCode: summary.exitCode }) });
    for (const result of summary.results) await results.append(result);
    return summary;
  }
  const read = (id: string): Promise<NightSummary> => storedNight(ResultStore.open(database), database, id, '/reports', () => undefined);

  it('gives back what the night was, with the one before it', async () => {
    const earlier = await store({ id: '20261121-031500-aaaa', startedAt: '2026-11-21T03:15:00.000Z' });
    const summary = await store({ id: '20261122-031500-bbbb' });
    const again = await read('20261122-031500-bbbb');
    expect(again.results).to.deep.equal(summary.results);
    expect(again.night).to.deep.include({ id: '20261122-031500-bbbb', folder: '/reports/nights/20261122-031500-bbbb', plan: summary.night.plan, cells: summary.night.cells });
    expect([again.finishedAt, again.exitCode, again.stopped]).to.deep.equal([summary.finishedAt, summary.exitCode, undefined]);
    expect(again.before).to.deep.equal({ id: earlier.night.id, startedAt: earlier.night.startedAt, results: earlier.results });
  });

  it('a night that was killed counts as cut off', async () => {
    await store({ id: '20261122-031500-bbbb', stopped: { code: 'x', message: 'x' } }, { finished: false });
    const again = await read('20261122-031500-bbbb');
    expect(again.stopped?.code).to.equal('night-cut-off');
    expect(again.results.length).to.be.below(again.night.cells.length);
  });

  it('an unknown night names the near ones', async () => {
    await store({ id: '20261122-031500-bbbb' });
    const error = await read('20261122-031500-bbbc').then(() => undefined, (thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(HwlabError).and.to.include({ code: 'night-unknown', blame: 'usage' });
    expect((error as HwlabError).message).to.contain('20261122-031500-bbbb');
  });

  it('a record that names a folder elsewhere is refused', async () => {
    await store({ id: '20261122-031500-bbbb' }, { folder: '../../etc' });
    expect(await read('20261122-031500-bbbb').then(() => undefined, (thrown: HwlabError) => thrown.code)).to.equal('night-folder-outside');
  });
});
