import { expect } from 'chai';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { PowerState } from '../../capabilities/power.ts';
import type { Lab } from '../inventory/lab.ts';
import { CellChecks } from './cell-checks.ts';
import { readHealth } from './health-log.ts';

const entry = (id: string) => ({ id, name: id, kind: 'laptop' as const, station: 'here', firmware: 'bios' as const, network: [{ mac: `52:54:00:00:00:0${id.slice(-1)}` }] as [{ mac: string }], outlet: `strip-1/${id.slice(-1)}` });
const lab: Lab = { schema: 'hwlab/lab/1', name: 'bench', stations: [{ id: 'here', host: 'here' }], machines: [entry('laptop-1'), entry('laptop-2')], units: [], strips: [{ id: 'strip-1', outlets: 8 }], hubs: [], switches: [] };

describe('the checks around a cell', () => {
  let folder: string;
  let file: string;
  let answers: PowerState;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-checks-'));
    file = join(folder, 'health.jsonl');
    answers = 'off';
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const checks = (id = 'laptop-1'): CellChecks => new CellChecks(lab, `machine/${id}`, { state: async () => Promise.resolve(answers) }, file);
  const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'ok', (error: unknown) => (error as HwlabError).code);
  const lines = async (): Promise<readonly string[]> => (await readHealth(file)).map(({ when, outcome, code }) => [when, outcome, code].filter((word) => word !== undefined).join(' '));

  it('are written down, before and after, and once a night', async () => {
    await checks().nightly();
    await checks().before('night-1');
    await checks().after('night-1');
    expect(await lines()).to.deep.equal(['nightly ok', 'before ok', 'after ok']);
  });

  it('end a cell before anything is switched when the controller does not answer, and put the machine in quarantine the second time', async () => {
    answers = 'unknown';
    expect(await codeOf(checks().before('night-1'))).to.equal('machine-not-ready');
    expect(await codeOf(checks().before('night-1'))).to.equal('machine-quarantined');
    answers = 'off';
    // It comes back by itself, with a clean check.
    expect(await codeOf(checks().before('night-2'))).to.equal('ok');
  });

  it('count what the bench did to a start, and not what the image did', async () => {
    const bench = new HwlabError({ code: 'no-dhcp', blame: 'lab', message: 'no address', facts: { evidence: ['nothing'] } });
    await checks().after('night-1', new HwlabError({ code: 'guest-panicked', blame: 'product', message: 'panic', facts: { evidence: ['panic'] } }));
    await checks().after('night-1', new HwlabError({ code: 'lease-lost', blame: 'lab', message: 'stale' }));
    await checks().after('night-1', bench);
    expect(await lines()).to.deep.equal(['after ok', 'after ok', 'after failed no-dhcp']);
    await checks().after('night-1', bench);
    // One clean check brings it back; after a relapse one is too few.
    expect(await codeOf(checks().before('night-1'))).to.equal('ok');
    await checks().after('night-1', bench);
    await checks().after('night-1', bench);
    expect(await codeOf(checks().before('night-1'))).to.equal('machine-quarantined');
    expect(await codeOf(checks().before('night-1'))).to.equal('ok');
  });

  it('count a controller that does not obey, which has no boot to show', async () => {
    await checks().after('night-1', new HwlabError({ code: 'power-does-not-obey', blame: 'lab', message: 'it still reads off' }));
    expect(await lines()).to.deep.equal(['after failed power-does-not-obey']);
  });

  it('notice a machine that is still on after its cell', async () => {
    answers = 'on';
    await checks().after('night-1');
    expect(await lines()).to.deep.equal(['after failed power-not-as-left']);
  });

  it('blame the strip and not its machines when all of them fail together', async () => {
    answers = 'unknown';
    expect(await codeOf(checks('laptop-1').before('night-1'))).to.equal('machine-not-ready');
    expect(await codeOf(checks('laptop-2').before('night-1'))).to.equal('part-quarantined');
    answers = 'off';
    expect(await codeOf(checks('laptop-1').before('night-1'))).to.equal('ok');
  });

  it('let nobody use a machine whose history cannot be kept, and keep quiet otherwise', async () => {
    const full = new CellChecks(lab, 'machine/laptop-1', { state: async () => Promise.resolve('off') }, '/dev/full');
    expect(await codeOf(full.nightly())).to.equal('ok');
    expect(await codeOf(full.before('night-1'))).to.equal('health-not-kept');
    expect(await codeOf(full.after('night-1'))).to.equal('ok');
    mkdirSync(file);
    expect(await codeOf(checks().before('night-1'))).to.equal('health-not-kept');
  });

  it('know from a history that a kill cut, and from one of gigabytes, what is in quarantine', async () => {
    answers = 'unknown';
    for (const run of ['night-1', 'night-2']) await codeOf(checks().before(run));
    appendFileSync(file, '{"at":"2026-11-22T00:00:00Z","subject":"machine/laptop-1","when":"before","outc');
    expect(await codeOf(checks().before('night-3'))).to.equal('machine-quarantined');
    expect(await lines()).to.have.length(3);
    const sparse = join(folder, 'sparse.jsonl');
    writeFileSync(sparse, '');
    truncateSync(sparse, 3 * 2 ** 30);
    const long = new CellChecks(lab, 'machine/laptop-1', { state: async () => Promise.resolve(answers) }, sparse);
    expect(await codeOf(long.before('night-1'))).to.equal('machine-not-ready');
    expect(await codeOf(long.before('night-1'))).to.equal('machine-quarantined');
  });
});
