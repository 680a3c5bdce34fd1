import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import { TypedEvents } from '../../base/typed-events.ts';
import { exampleResult, exampleTest } from '../../db/example-result.ts';
import type { Investigation } from '../../db/generated/investigations.ts';
import type { CellId, Failure, Result } from '../../db/generated/result.ts';
import { readInvestigations } from '../../db/investigations.ts';
import { ResultStore } from '../../db/result-store.ts';
import { readOwner } from '../../machines/machine-owner.ts';
import { FakeMachine } from '../../machines/testing/fake-machine.ts';
import type { NightEvents } from '../../report/night-events.ts';
import { loadCatalogue, type Catalogue } from '../../run/catalogue.ts';
import { makeCell } from '../../run/plan.ts';
import type { CellOrder } from '../../run/worker/protocol.ts';
import { investigateFailures } from './investigate-failures.ts';
import { newFailures } from './new-failures.ts';
import { withOldSuite } from './old-suite.ts';

const failure: Failure = { code: 'assertion', blame: 'product', message: 'no volume on the stick' };
const red = { ...exampleTest('storage.disk', 'FAIL'), attempts: [{ ...exampleTest('storage.disk', 'FAIL').attempts[0], failure }] } as Result['tests'][number];
const hashes = { 'school-1': '1'.repeat(64), 'school-2': '2'.repeat(64) } as const;

/** From a night's new failure to the verdict beside its result: all but the guests is real. */
describe('a failure that is looked into, with fake machines', function () {
  this.timeout(20_000);
  let folder: string;
  let catalogue: Catalogue;
  let cache: string | undefined;
  before(async () => {
    catalogue = await loadCatalogue(['school-1', 'school-2']);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-checks-'));
    cache = process.env['HWLAB_CACHE'];
    process.env['HWLAB_CACHE'] = join(folder, 'cache');
    for (const [id, sha256] of Object.entries(hashes)) {
      mkdirSync(join(folder, 'cache/images', id), { recursive: true });
      writeFileSync(join(folder, 'cache/images', id, 'manifest.json'), JSON.stringify({ schema: 'hwlab/image-manifest/1', record: { schema: 'hwlab/image/1', id, os: 'School', version: '1', format: 'raw', file: 'x', sha256, boot: 'bios', login: { username: 'root' } }, files: { disk: { name: 'x', size: 1, sha256 } }, packages: {}, builtAt: '2026-11-22T00:00:00Z' }));
    }
  });
  afterEach(() => {
    if (cache === undefined) delete process.env['HWLAB_CACHE'];
    else process.env['HWLAB_CACHE'] = cache;
    rmSync(folder, { recursive: true });
  });

  function result(id: string, image: keyof typeof hashes, outcome: 'PASS' | 'FAIL', change: Partial<Result['environment']> = {}, at: Partial<CellId> = {}): Result {
    const cell = makeCell({ image, machine: 'vm-basic', model: at.model ?? 'sandisk-cruzer-blade', suite: 'storage' }, 1, catalogue);
    const base = exampleResult({ outcome, tests: [outcome === 'PASS' ? exampleTest('storage.disk', 'PASS') : red] });
    return { ...base, id, night: id.replace(/-\d+$/, ''), cell: cell.id, environment: { ...base.environment, imageSha256: hashes[image], modelSha256: cell.modelSha256, suiteRevision: cell.suiteRevision, harness: 'hwlab 0.1.0 0123abcd', ...change } };
  }

  /** Looks into the failures of a night, whose guests fail where `fails` says so. */
  async function look(night: readonly Result[], fails: (order: CellOrder) => boolean, earlier: readonly Result[] = [], budget = 60_000): Promise<{ readonly found: readonly Investigation[]; readonly ran: readonly string[]; readonly warnings: readonly string[] }> {
    await using store = ResultStore.open(join(folder, 'db'));
    for (const each of [...earlier, ...night]) await store.append(each);
    const ran: string[] = [];
    const warnings: string[] = [];
    const events = new TypedEvents<NightEvents>((error) => {
      throw error;
    });
    events.on('warning', ({ message }) => void warnings.push(message));
    const { signal } = new AbortController();
    const found = await investigateFailures(newFailures(night, [], [], new Date('2026-11-22T12:00:00Z')), {
      database: join(folder, 'db'),
      folder: join(folder, 'repro'),
      night,
      catalogue,
      lab: { accelerator: 'tcg', qemu: '7.2', reap: async () => Promise.resolve([]), image: async (id) => Promise.resolve({ sha256: hashes[id as keyof typeof hashes], packages: {} }), machine: async () => Promise.resolve(new FakeMachine()) },
      events,
      signal,
      deadline: Deadline.after(60_000, signal),
      budget,
      limit: 10_000,
      progress: () => undefined,
      runProcess: async (order, _deadline, send) => {
        ran.push([order.cell.image, order.cell.machine, order.cell.model].join(' '));
        const bad = fails(order);
        send({ type: 'test-finished', id: red.id, title: red.title, feature: red.feature, requirement: 'required', attempt: { attempt: 1, outcome: bad ? 'FAIL' : 'PASS', startedAt: new Date().toISOString(), durationMs: 1, artefacts: [], ...(bad ? { failure } : {}) } });
        send({ type: 'done', artefacts: [], timings: {} });
        return Promise.resolve();
      },
    });
    return { found, ran, warnings };
  }
  const night = '20261122-031500-k3xq';
  const bad = (): Result => result(`${night}-002`, 'school-2', 'FAIL');

  it('the product: the last good image passes, in another night', async () => {
    const { found, ran } = await look([bad()], ({ cell }) => cell.image === 'school-2', [result('20261121-031500-k3xq-001', 'school-1', 'PASS')]);
    expect(found.map(({ verdict }) => verdict)).to.deep.equal(['product']);
    expect(ran).to.deep.equal(['school-2 vm-basic sandisk-cruzer-blade', 'school-1 vm-basic sandisk-cruzer-blade']);
    expect(await readInvestigations(join(folder, 'db'), night)).to.deep.equal(found);
    expect(await ResultStore.open(join(folder, 'db')).nights()).to.deep.equal(['20261121-031500-k3xq', night]);
  });

  it('the product: the same night shows that the other image passes, and no machine is started for that', async () => {
    const { found, ran } = await look([result(`${night}-001`, 'school-1', 'PASS'), bad()], () => true);
    expect([found[0]?.verdict, ran.length, found[0]?.checks[1]?.result]).to.deep.equal(['product', 1, `${night}-001`]);
  });

  it('a failure of the same night on the image that was good once shows nothing: it is run there', async () => {
    const night1 = [result(`${night}-001`, 'school-1', 'FAIL'), bad()];
    const before = [result('20261121-031500-k3xq-001', 'school-1', 'PASS')];
    const { found, ran } = await look([bad(), { ...night1[0], id: `${night}-009` } as Result], ({ cell }) => cell.image === 'school-2', before);
    expect([found[0]?.verdict, ran.map((each) => each.split(' ')[0])]).to.deep.equal(['product', ['school-2', 'school-1']]);
  });

  it('sporadic: it passes again', async () => {
    const { found } = await look([bad()], () => false);
    expect([found[0]?.verdict, found[0]?.checks.length]).to.deep.equal(['sporadic', 3]);
  });

  it('the device: another model passes on the same image, on another machine it fails too', async () => {
    const { found, ran } = await look([bad()], ({ cell }) => cell.model === 'sandisk-cruzer-blade', [result('20261121-031500-k3xq-001', 'school-2', 'PASS')]);
    expect(found[0]?.verdict).to.equal('device');
    expect(ran.map((each) => each.split(' ').slice(1).join(' '))).to.deep.equal(['vm-basic sandisk-cruzer-blade', 'vm-basic kingston-datatraveler', 'vm-ehci sandisk-cruzer-blade']);
  });

  it('the environment: it passes on another machine', async () => {
    const { found } = await look([bad()], ({ cell }) => cell.machine === 'vm-basic');
    expect(found[0]?.verdict).to.equal('environment');
  });

  it('says why a check was not done: the suite of then is in no commit, the image of then is gone', async () => {
    const { found } = await look([bad()], () => true, [result('20261121-031500-k3xq-001', 'school-1', 'PASS', { imageSha256: '9'.repeat(64), suiteRevision: 'f'.repeat(16), harness: 'hwlab 0.1.0' })]);
    const said = Object.fromEntries((found[0]?.checks ?? []).map(({ check, answer, why }) => [check, `${answer}: ${why ?? ''}`]));
    expect(said['last-good-image']).to.match(/^not done: the last good image, 999999999999, is gone/);
    expect(said['last-good-suite']).to.match(/^not done: .*names no commit/);
    expect(found[0]?.verdict).to.equal('product');
  });

  for (const [what, failing, why] of [
    ['a suite that is in no commit', () => ({ ...bad(), environment: { ...bad().environment, suiteRevision: 'f'.repeat(16), harness: 'hwlab 0.1.0' } }), /suite storage of the failing run cannot be had: "hwlab 0.1.0" names no commit/],
    ["a model whose data changed since", () => ({ ...bad(), environment: { ...bad().environment, modelSha256: '7'.repeat(64) } }), /the model's data changed since/],
    ['a real device behind a port', () => ({ ...bad(), cell: { ...bad().cell, attachment: 'redirected' as const } }), /the device was redirected, and would be emulated now/],
    ['a machine profile that changed since', () => ({ ...bad(), manifest: { purpose: 'night' as const, transport: 'usb-redir' as const, limitSeconds: 60, seed: 1, patience: 1, machineSha256: '7'.repeat(64) } }), /the machine profile changed since/],
  ] as const) {
    it(`calls no failure sporadic that it cannot run again as it was: ${what}`, async () => {
      const { found, ran } = await look([failing()], () => false);
      expect([found[0]?.verdict, ran]).to.deep.equal(['undecided', []]);
      expect(found[0]?.reasons.join()).to.match(why);
    });
  }

  it('begins nothing when the time is over, and says what was not looked into', async () => {
    const { found, ran, warnings } = await look([bad()], () => true, [], 0);
    expect([found, ran]).to.deep.equal([[], []]);
    expect(warnings.join()).to.contain('1 of 1 new failures were not looked into');
  });

  it('takes the suite of a commit out of git, where its revision is that of the result', async () => {
    const { harnessRevision } = await import('../../run/harness-revision.ts');
    const harness = await harnessRevision();
    const take = async (revision: string): Promise<unknown> => withOldSuite(catalogue, 'storage', harness, revision, Deadline.after(15_000)).catch((error: unknown) => error);
    const refused = await take('f'.repeat(16));
    expect(refused).to.be.instanceOf(HwlabError).and.to.have.property('code', 'old-suite-gone');
    // An unpacked archive of the sources has no history to take it from: that it is refused is all there is to see.
    if (!existsSync(join(projectRoot, '.git'))) return;
    const revision = /it is ([0-9a-f]{16})/.exec((refused as HwlabError).message)?.[1] ?? '';
    const taken = (await take(revision)) as Awaited<ReturnType<typeof withOldSuite>>;
    const files = taken.catalogue.suite('storage').files;
    expect(files.every((file) => file.startsWith(join(folder, 'cache/running')) && existsSync(file))).to.equal(true);
    // A reaper takes a folder without an owner for a leftover while the suite in it still runs.
    expect(await readOwner(join(folder, 'cache/running', readdirSync(join(folder, 'cache/running'))[0] ?? ''))).to.have.property('pid', process.pid);
    expect(taken.catalogue.suite('robotics')).to.equal(catalogue.suite('robotics'));
    await taken[Symbol.asyncDispose]();
    expect(files.some((file) => existsSync(file))).to.equal(false);
  });
});
