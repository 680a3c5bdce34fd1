import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { projectRoot } from '../../harness/base/places.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { openDatabase } from '../../harness/db/database.ts';
import { readHistories } from '../../harness/db/read-histories.ts';
import { historyRules } from '../../harness/db/history-rules.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import { labDomains } from '../../harness/drivers/libvirt/domains.ts';
import { longRun } from './long-run.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Running = ChildProcess & { readonly ended: Promise<Ended>; said(): string; printed(): string };

interface Answer {
  readonly answer: string;
  readonly differences: readonly { readonly what: string }[];
  readonly runs: readonly { readonly result: string }[];
}

/** A board that nothing resets: avrdude gives up, always in the same words. */
const failing = ['--device', 'arduino-uno-r3+board-no-dtr-reset', '--suite', 'robotics', '--test', 'reads the signature'];

/** From a red cell to the machine on the screen, and to a file that shows it elsewhere: each step as a developer types it, with real guests. */
describe('a failed result, reproduced, held and bundled, with real guests', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let result: Result;
  const places = (): string[] => ['--db', join(folder, 'db'), '--reports', join(folder, 'reports')];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-repro-'));
    const { code, stderr } = await start('run', ...failing, '--record', ...places(), '--yes', '--json').ended;
    expect(code, stderr.slice(-4000)).to.equal(1);
    const [only] = await Array.fromAsync(ResultStore.open(join(folder, 'db')).results({}, () => expect.fail('a bad line')));
    if (!only) throw new Error('the run kept no result');
    result = only;
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  function start(...args: string[]): Running {
    return startIn(projectRoot, args);
  }

  function startIn(place: string, args: readonly string[]): Running {
    const child = spawn(join(place, 'hwlab'), args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += String(data)));
    child.stderr.on('data', (data) => (stderr += String(data)));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
    return Object.assign(child, { ended, said: () => stderr, printed: () => stdout });
  }

  it('carries a manifest and a signature', () => {
    expect(result.manifest).to.include({ purpose: 'night', transport: 'usb-redir' });
    expect(result.manifest?.machineSha256).to.match(/^[0-9a-f]{64}$/);
    const [test] = result.tests;
    expect(test?.attempts.map(({ signature }) => signature?.text)).to.deep.equal([test?.attempts[0]?.signature?.text]);
    expect(test?.attempts[0]?.signature?.text).to.contain('unable to open programmer');
  });

  it('comes again as the same failure; held meanwhile, its machine answers and its device can be unplugged; no verdict moves', async () => {
    const run = start('repro', `${result.id}#signature`, '--hold', 'fail', '--hold-for', '5', ...places(), '--yes', '--json');
    const id = await heldAs(run);
    try {
      const there = await start('hold', 'shell', id, '--', 'ls', '/dev/ttyACM0').ended;
      expect(there.code, there.stderr).to.equal(0);
      expect((await start('hold', 'device', id, 'unplug').ended).stdout).to.contain('unplugged');
      expect((await start('hold', 'shell', id, '--', 'ls', '/dev/ttyACM0').ended).code).to.not.equal(0);
      expect((await start('hold', 'device', id, 'plug').ended).stdout).to.contain('configured');
      expect((await start('hold', 'device', id, 'jam').ended).code, 'a board has no paper').to.equal(2);
    } finally {
      await start('hold', 'release', id).ended;
    }
    const { code, stdout, stderr } = await run.ended;
    expect(code, stderr.slice(-4000)).to.equal(0);
    const answer = JSON.parse(stdout) as Answer;
    expect(answer).to.deep.include({ answer: 'same failure', differences: [] });
    expect((await start('hold', 'list').ended).stdout).to.not.contain(id);
    expect((await labDomains(Deadline.after(30_000))).filter((name) => name.includes((answer.runs[0]?.result ?? '').replace(/-\d+$/, '')))).to.deep.equal([]);
    // Its line is in a folder of its own, and says nothing even where somebody copies it.
    expect(await ResultStore.open(join(folder, 'db')).nights()).to.have.length(1);
    const database = await openDatabase(join(folder, 'reports/repro'));
    const { histories, quirks, results } = await readHistories(database, historyRules([], new Date()));
    expect([histories.size, quirks.size, results]).to.deep.equal([0, 0, 0]);
  });

  if (longRun) {
    it('comes as often as it is asked for, and says how often with an interval', async () => {
      const { code, stdout, stderr } = await start('repro', `${result.id}#signature`, '--repeat', '3', ...places(), '--yes', '--json').ended;
      expect(code, stderr.slice(-4000)).to.equal(0);
      const answer = JSON.parse(stdout) as Answer & { readonly rate: { readonly hits: number; readonly of: number } };
      expect(answer.runs).to.have.length(3);
      expect(answer.rate).to.include({ hits: 3, of: 3 });
    });

    it('is met again from right before it: the tests before are run once, and never again', async () => {
      const two = await start('run', '--device', 'arduino-uno-r3+board-no-dtr-reset', '--suite', 'robotics', '--test', 'avrdude', ...places(), '--yes', '--json').ended;
      expect(two.code, two.stderr.slice(-4000)).to.equal(1);
      const last = (await Array.fromAsync(ResultStore.open(join(folder, 'db')).results({}, () => undefined))).find(({ id }) => id !== result.id);
      const again = async (): Promise<Ended> => await start('repro', `${last?.id}#verifies it`, '--snapshot', ...places(), '--yes', '--json').ended;
      const [first, second] = [await again(), await again()];
      for (const { code, stdout, stderr } of [first, second]) {
        expect(code, stderr.slice(-4000)).to.equal(0);
        expect(JSON.parse(stdout)).to.include({ answer: 'same failure' });
      }
      expect(first.stderr).to.contain('bringing the machine to where it was before');
      expect(second.stderr).to.not.contain('bringing the machine to where it was before');
    });

    it('is tried again at every save, on a pristine clone: with the quirk taken out of the model it passes', async () => {
      const quirk = join(await checkout(), 'fixtures/personalities/board-no-dtr-reset.json');
      const run = startIn(await checkout(), ['try', ...failing, '--watch', '--reports', join(folder, 'tried'), '--yes']);
      await until(run, 'waiting for a save');
      const text = await readFile(quirk, 'utf8');
      await writeFile(quirk, text.replace('"ignoresDtr": true', '"ignoresDtr": false'));
      await until(run, 'against the run before: passes', 'out');
      run.kill('SIGINT');
      const { stdout } = await run.ended;
      await writeFile(quirk, text);
      const seconds = [...stdout.matchAll(/\((\d+\.\d) s\)/g)].map(([, each]) => Number(each));
      expect(seconds).to.have.length(2);
    });

    it('is tried in the short loop, and leaves a time line', async () => {
      const { code, stdout, stderr } = await start('try', ...failing, ...places(), '--yes', '--json').ended;
      expect(code, stderr.slice(-4000)).to.equal(1);
      const traced = await start('trace', (JSON.parse(stdout) as { readonly result: string }).result, ...places(), '--json').ended;
      expect(traced.code, traced.stderr).to.equal(0);
      expect((JSON.parse(traced.stdout) as { readonly traces: readonly { readonly events: number }[] }).traces[0]?.events).to.be.above(50);
    });
  }

  it('goes into one file, which another checkout runs from another folder, with the same failure', async () => {
    const file = join(folder, 'bug.hwlab.tgz');
    const made = await start('bundle', result.id, '--out', file, ...places()).ended;
    expect(made.code, made.stderr).to.equal(0);
    const other = await checkout();
    // It knows neither the board nor the quirk.
    await rm(join(other, 'fixtures/personalities/board-no-dtr-reset.json'));
    const { code, stdout, stderr } = await startIn(other, ['run', file, '--reports', join(folder, 'elsewhere'), '--yes', '--json']).ended;
    expect(code, stderr.slice(-4000)).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ answer: 'same failure', repeats: result.id });
    if (!longRun) return;
    // Without any emulation of the board: what it said is on the cassette in the bundle.
    const played = await startIn(other, ['run', file, '--replay', '--reports', join(folder, 'played'), '--yes', '--json']).ended;
    expect(played.code, played.stderr.slice(-4000)).to.equal(0);
    expect(JSON.parse(played.stdout)).to.include({ answer: 'same failure', repeats: result.id });
    const [of] = await Array.fromAsync(ResultStore.open(join(folder, 'played/repro')).results({}, () => expect.fail('a bad line')));
    expect([of?.cell.attachment, of?.tape?.divergences], played.stderr).to.deep.equal(['replayed', 0]);
  });

  it('an image that is gone is said before anything starts', async () => {
    const gone: Result = { ...result, environment: { ...result.environment, imageSha256: '0'.repeat(64) } };
    await using store = ResultStore.open(join(folder, 'gone'));
    await store.append(gone);
    const { code, stderr } = await start('repro', gone.id, '--db', join(folder, 'gone'), '--reports', join(folder, 'gone')).ended;
    expect(code).to.equal(2);
    expect(stderr).to.contain('is gone').and.to.contain('image=debian-12').and.to.not.contain('restoring');
  });

  /** Another checkout, without the results of this one; made once. */
  async function checkout(): Promise<string> {
    const other = join(folder, 'checkout');
    if (existsSync(other)) return other;
    await mkdir(other);
    for (const name of await readdir(projectRoot)) {
      if (name === 'node_modules') await symlink(join(projectRoot, name), join(other, name));
      else if (!['.git', 'reports', 'docs', 'tests', 'bench'].includes(name)) await cp(join(projectRoot, name), join(other, name), { recursive: true, filter: (path) => !path.includes('hardware-db/results') });
    }
    return other;
  }

  /** Waits until a run says something. */
  async function until(run: ReturnType<typeof start>, what: string, where: 'err' | 'out' = 'err'): Promise<void> {
    const said = (): string => (where === 'err' ? run.said() : run.printed());
    const stream = where === 'err' ? run.stderr : run.stdout;
    while (!said().includes(what)) {
      const more = await Promise.race([once(stream ?? run, 'data').then(() => true), run.ended.then(() => false)]);
      if (!more && !said().includes(what)) throw new Error(`it ended without "${what}": ${run.said().slice(-3000)}`);
    }
  }

  /** Waits until a run says as what its machine is kept. */
  async function heldAs(run: ReturnType<typeof start>): Promise<string> {
    await until(run, 'let go');
    return /kept as ([a-z2-7]+) until/.exec(run.said())?.[1] ?? expect.fail(run.said().slice(-3000));
  }
});
