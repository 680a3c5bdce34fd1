import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { TypedEvents } from '../../base/typed-events.ts';
import { exampleResult, exampleTest } from '../../db/example-result.ts';
import type { Failure, Result } from '../../db/generated/result.ts';
import { ResultStore } from '../../db/result-store.ts';
import type { Machine } from '../../machines/machine.ts';
import { FakeMachine } from '../../machines/testing/fake-machine.ts';
import type { NightEvents } from '../../report/night-events.ts';
import { sampleCell } from '../../run/testing/sample-cell.ts';
import type { RunCellProcess } from '../../run/worker/cell-process.ts';
import type { Experiment, Subject } from './experiment.ts';
import { GuestExperiment } from './guest-experiment.ts';
import { FakeExperiment } from './testing/fake-experiment.ts';

const subject = (image: string, packages: readonly string[] = []): Subject => ({ image, key: '0'.repeat(16), label: image, ...(packages.length > 0 ? { packages: { install: packages, remove: ['old'], reboot: false } } : {}) });
const failure: Failure = { code: 'assertion', blame: 'product', message: 'no volume on the stick' };
const was: Result = (() => {
  const red = exampleTest('a.b', 'FAIL');
  return exampleResult({ outcome: 'FAIL', tests: [{ ...red, attempts: [{ ...red.attempts[0], failure }] }] });
})();
const testId = was.tests[0]?.id ?? '';

/** A guest whose name says how it behaves; it notes what packages it was given. */
function guests(folder: string, signal: AbortSignal, given: string[], any = false): GuestExperiment {
  const play: RunCellProcess = async (order, _deadline, send) => {
    const { image } = order.cell;
    given.push(`${image}: ${order.packages?.install.join(' ') ?? ''} -${order.packages?.remove.join(' ') ?? ''}`);
    if (image === 'packages-refused') throw new HwlabError({ code: 'packages-not-installed', blame: 'lab', message: 'dpkg: dependency problems' });
    const fails = image === 'bad' ? failure : image === 'otherwise' ? { ...failure, message: 'the kernel is on fire' } : undefined;
    send({ type: 'connected', facts: { kernel: '6.1.0-30-amd64', osRelease: 'Debian' }, ms: 1 });
    send({ type: 'test-finished', id: testId, title: 'a page arrives', feature: 'a.b', requirement: 'required', attempt: { attempt: 1, outcome: fails ? 'FAIL' : 'PASS', startedAt: new Date().toISOString(), durationMs: 1, artefacts: [], ...(fails ? { failure: fails } : {}) } });
    send({ type: 'done', artefacts: [], timings: {} });
    return Promise.resolve();
  };
  return new GuestExperiment({
    was,
    any,
    cellOn: async (image) => {
      const cell = sampleCell(1);
      return Promise.resolve({ ...cell, id: { ...cell.id, image } });
    },
    folder,
    lab: {
      accelerator: 'tcg',
      qemu: '7.2',
      reap: async () => Promise.resolve([]),
      image: async (id) => {
        if (id === 'gone') throw new HwlabError({ code: 'image-missing', blame: 'usage', message: 'the image gone is not in the cache' });
        return Promise.resolve({ sha256: 'a'.repeat(64), packages: {} });
      },
      machine: async (id): Promise<Machine> => Promise.resolve(id === 'panics' ? new FakeMachine('panic-at-boot', 'panic-at-boot') : new FakeMachine()),
    },
    events: new TypedEvents<NightEvents>((error) => {
      throw error;
    }),
    signal,
    limit: 10_000,
    runProcess: play,
    deadline: Deadline.after(60_000, signal),
    progress: () => undefined,
  });
}

/** What every experiment keeps to, the fake as the one with guests. */
function contract(name: string, open: (signal: AbortSignal) => Experiment): void {
  describe(`an experiment (${name})`, () => {
    for (const [image, outcome] of [['bad', 'bad'], ['good', 'good'], ['otherwise', 'untestable'], ['gone', 'untestable'], ['panics', 'untestable']] as const) {
      it(`says ${outcome} of a subject that is ${image}`, async () => {
        const { outcome: said, seconds } = await open(new AbortController().signal).run(subject(image));
        expect([said, seconds >= 0]).to.deep.equal([outcome, true]);
      });
    }
    it('names the result that shows it, another one for each run', async () => {
      const experiment = open(new AbortController().signal);
      const [one, two] = [await experiment.run(subject('bad')), await experiment.run(subject('bad'))];
      expect(one.result).to.match(/^[a-z0-9-]+-\d+$/);
      expect(two.result).to.not.equal(one.result);
    });
    it('rejects when it is interrupted, and answers nothing', async () => {
      const stop = new AbortController();
      const experiment = open(stop.signal);
      stop.abort(new HwlabError({ code: 'interrupted', blame: 'lab', message: 'interrupted' }));
      expect(await experiment.run(subject('bad')).catch((error: unknown) => error)).to.have.property('code', 'interrupted');
    });
  });
}

describe('experiments of a bisection', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-experiment-'))));
  after(() => rmSync(folder, { recursive: true }));

  contract('with guests', (signal) => guests(folder, signal, []));
  contract('fake', (signal) => {
    const fake = new FakeExperiment(({ image }) => (image === 'bad' ? 'bad' : image === 'good' ? 'good' : 'untestable'));
    return { run: async (each) => (signal.aborted ? Promise.reject(signal.reason as Error) : await fake.run(each)) };
  });

  it('takes any failure for the one that is looked for where a person says so', async () => {
    expect(await guests(folder, new AbortController().signal, [], true).run(subject('otherwise'))).to.include({ outcome: 'bad' });
  });

  it('says nothing of a kernel when another one was started', async () => {
    const run = async (kernel: string) => await guests(folder, new AbortController().signal, []).run({ ...subject('bad'), kernel });
    expect(await run('6.1.0-30-amd64')).to.include({ outcome: 'bad' });
    expect(await run('6.12.9-amd64')).to.include({ outcome: 'untestable', said: 'it started with the kernel 6.1.0-30-amd64, not with 6.12.9-amd64' });
  });

  it('gives a guest the packages of the subject, keeps its result apart and says in it what was installed', async () => {
    const given: string[] = [];
    const own = mkdtempSync(join(tmpdir(), 'hwlab-experiment-'));
    try {
      const trial = await guests(own, new AbortController().signal, given).run(subject('good', ['/debs/a_2_all.deb']));
      expect(given).to.deep.equal(['good: /debs/a_2_all.deb -old']);
      const [result] = await Array.fromAsync(ResultStore.open(own).results({}, () => expect.fail('a bad line')));
      expect([result?.id, result?.manifest?.purpose, result?.manifest?.repeats]).to.deep.equal([trial.result, 'repro', was.id]);
      expect(result?.manifest?.packages).to.deep.equal({ installed: ['a_2_all.deb'], removed: ['old'] });
      const refused = await guests(own, new AbortController().signal, given).run(subject('packages-refused', ['/debs/a_2_all.deb']));
      expect(refused).to.include({ outcome: 'untestable', said: 'dpkg: dependency problems' });
    } finally {
      rmSync(own, { recursive: true });
    }
  });
});
