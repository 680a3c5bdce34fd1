import { expect } from 'chai';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { TypedEvents } from '../../harness/base/typed-events.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { labDomains } from '../../harness/drivers/libvirt/domains.ts';
import { listImageIds } from '../../harness/images/catalogue.ts';
import type { NightEvents } from '../../harness/report/night-events.ts';
import { loadCatalogue } from '../../harness/run/catalogue.ts';
import type { Cell } from '../../harness/run/cell.ts';
import { makeCell } from '../../harness/run/plan.ts';
import { realLab } from '../../harness/run/real-lab.ts';
import { startNight } from '../../harness/run/start-night.ts';

/** What each guest does to itself before the device is plugged in. */
const misdeeds = {
  panics: 'setsid sh -c "sleep 4; echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger" < /dev/null > /dev/null 2>&1 &',
  fillsItsDisk: 'fallocate -l $(df --output=avail -B1 / | tail -n 1) /full || true; dd if=/dev/zero of=/fuller bs=64k count=2000 2>/dev/null || true',
  floodsItsConsole: 'setsid sh -c "timeout 25 yes flood-flood-flood-flood-flood-flood > /dev/ttyS0" < /dev/null > /dev/null 2>&1 &',
} as const;

/** Guests that misbehave: each ends its cell with the right blame, in bounded time and space, and the night goes on. */
describe('hostile guests', function () {
  this.timeout(8 * 60_000);
  let folder: string;
  let results: ReadonlyMap<string, Result>;
  let night: string;
  let seconds: number;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-hostile-'));
    const catalogue = await loadCatalogue(await listImageIds());
    const cells = Object.entries(misdeeds).map(([name, misdeed], index): Cell => {
      const cell = makeCell({ image: 'debian-12', machine: 'vm-basic', model: 'arduino-uno-r3', suite: 'robotics' }, index + 1, catalogue);
      return { ...cell, id: { ...cell.id, id: name }, features: ['serial.driver', 'programming.write-verify', 'serial.echo'], once: true, sabotage: [misdeed] };
    });
    const deadline = Deadline.after(7 * 60_000);
    const events = new TypedEvents<NightEvents>((error) => {
      throw error;
    });
    const started = performance.now();
    const summary = await startNight({ cells, plan: 'hostile-0000000000000000', deadlineMinutes: 1, database: folder, reports: folder, events, signal: deadline.signal, lab: await realLab(deadline) });
    seconds = (performance.now() - started) / 1000;
    night = summary.night.id;
    results = new Map(summary.results.map((result) => [result.cell.id, result]));
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  function resultOf(name: keyof typeof misdeeds): Result {
    const result = results.get(name);
    if (!result) throw new Error(`no result of ${name}`);
    return result;
  }

  it('a kernel that panics in the middle of a suite is the product’s failure at once, with the console’s last lines', () => {
    const result = resultOf('panics');
    expect(result.outcome).to.equal('FAIL');
    expect(result.reason?.code).to.equal('guest-panicked');
    expect(result.reason?.message).to.match(/sysrq|panic/i);
    expect(result.timings['total']).to.be.below(90_000);
  });

  it('a guest whose disk is full fails what needs the disk, and the cell ends', () => {
    const result = resultOf('fillsItsDisk');
    expect(['FAIL', 'MISS']).to.include(result.outcome);
    expect(JSON.stringify(result)).to.match(/No space left|could not|cannot|failed/i);
    expect(result.timings['total']).to.be.below(240_000);
  });

  it('a guest that floods its console costs no more than the limit, and its tests still run', () => {
    const result = resultOf('floodsItsConsole');
    expect(result.tests.length).to.be.at.least(2);
    const file = join(folder, 'nights', night, result.artefacts.find((artefact) => artefact.name === 'console')?.path ?? 'none');
    expect(existsSync(file)).to.equal(true);
    expect(statSync(file).size).to.be.greaterThan(10_000).and.below(70 * 2 ** 20);
    expect(JSON.stringify(result).length).to.be.below(200_000);
  });

  it('nothing of it stays behind, and the night took its bounded time', async () => {
    expect((await labDomains(Deadline.after(30_000))).filter((name) => name.includes(night))).to.deep.equal([]);
    expect(seconds).to.be.below(6 * 60);
  });
});
