import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { projectRoot } from '../../harness/base/places.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import { labDomains } from '../../harness/drivers/libvirt/domains.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The night as a person starts it: `./hwlab nightly` in a process of its own, with real guests. */
describe('the night, end to end with real guests', function () {
  this.timeout(15 * 60_000);
  let folder: string;
  let database: string;
  let reports: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-e2e-'));
    database = join(folder, 'db');
    reports = join(folder, 'reports');
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  function start(...args: string[]): ChildProcess & { ended: Promise<Ended> } {
    const child = spawn(join(projectRoot, 'hwlab'), [...args, '--db', database, '--reports', reports, '--yes'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += String(data)));
    child.stderr.on('data', (data) => (stderr += String(data)));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
    return Object.assign(child, { ended });
  }

  async function resultsOf(night: string): Promise<Result[]> {
    return await Array.fromAsync(ResultStore.open(database).results({ night }, (bad) => expect.fail(`${bad.file}:${bad.line} ${bad.reason}`)));
  }

  async function onlyNight(): Promise<string> {
    const nights = await ResultStore.open(database).nights();
    expect(nights).to.have.length(1);
    return nights[0] ?? '';
  }

  it('runs the smoke plan: all four classes pass, results are kept, the page, JUnit and Allure are written, nothing stays behind', async () => {
    const { code, stdout, stderr } = await start('nightly', '--json').ended;
    expect(code, stderr.slice(-4000)).to.equal(0);
    expect(() => JSON.parse(stdout) as unknown).to.not.throw();
    const night = await onlyNight();
    const results = await resultsOf(night);
    expect(results.map((result) => `${result.cell.suite} ${result.outcome}`).sort()).to.deep.equal(['panels PASS', 'printers PASS', 'printers-ipp PASS', 'robotics PASS', 'scanners PASS']);
    for (const result of results) {
      expect(result.tests.filter((test) => test.outcome === 'PASS').length, result.cell.id).to.be.at.least(6);
      expect(result.environment.kernel, result.cell.id).to.match(/^6\.1\./);
      expect(result.evidence).to.equal('E2');
      for (const artefact of result.artefacts) expect(existsSync(join(reports, 'nights', night, artefact.path)), artefact.path).to.equal(true);
    }
    const page = readFileSync(join(reports, 'nights', night, 'index.html'), 'utf8');
    expect(page).to.contain('kyocera-ecosys-m2040dn');
    expect(readFileSync(join(reports, 'nights', night, 'junit.xml'), 'utf8')).to.contain('<testsuites');
    expect(existsSync(join(reports, 'nights', night, 'allure/index.html'))).to.equal(true);
    expect((await labDomains(Deadline.after(30_000))).filter((name) => name.includes(night))).to.deep.equal([]);
  });

  it('after kill -9 in the middle, --resume runs exactly the cells that have no result and removes what the dead run left', async () => {
    await rm(database, { recursive: true, force: true });
    const plan = await twoCells();
    const killed = start('nightly', '--plan', plan);
    const file = await firstResult(killed);
    killed.kill('SIGKILL');
    await killed.ended;
    const night = await onlyNight();
    const [first, ...more] = await resultsOf(night);
    expect(more).to.deep.equal([]);
    const left = (await labDomains(Deadline.after(30_000))).filter((name) => name.includes(night));

    const { code, stderr } = await start('nightly', '--resume', night).ended;
    expect(code, stderr.slice(-4000)).to.equal(0);
    const results = await resultsOf(night);
    expect(results.map((result) => result.cell.model).sort()).to.deep.equal(['arduino-uno-r3', 'arduino-uno-srl']);
    expect(results[0]).to.deep.equal(first);
    expect(readFileSync(file, 'utf8').trim().split('\n')).to.have.length(2);
    const still = await labDomains(Deadline.after(30_000));
    expect(left.filter((name) => still.includes(name))).to.deep.equal([]);
  });

  it('Ctrl-C ends it in seconds: exit 130, the page of what is done, no machine left, and the command that goes on', async () => {
    await rm(database, { recursive: true, force: true });
    const plan = await twoCells();
    const interrupted = start('nightly', '--plan', plan);
    await firstResult(interrupted);
    const at = performance.now();
    interrupted.kill('SIGINT');
    const { code, stdout, stderr } = await interrupted.ended;
    expect(code, stderr.slice(-4000)).to.equal(130);
    expect(performance.now() - at).to.be.below(60_000);
    const night = await onlyNight();
    expect(await resultsOf(night)).to.have.length(1);
    expect(`${stdout}${stderr}`).to.contain(`--resume ${night}`);
    expect(stderr).to.not.contain('left open');
    expect(readFileSync(join(reports, 'nights', night, 'index.html'), 'utf8')).to.contain('arduino-uno-r3');
    expect((await labDomains(Deadline.after(30_000))).filter((name) => name.includes(night))).to.deep.equal([]);
  });

  /** A plan of two cells, one after the other. */
  async function twoCells(): Promise<string> {
    const plan = join(folder, 'two.yaml');
    await writeFile(plan, 'name: two\nimages: [debian-12]\nmachines: [vm-basic]\nmodels: [arduino-uno-r3, arduino-uno-srl]\nsuites: [robotics]\nrequirements: [required]\nslots: 1\ndeadlineMinutes: 2\n');
    return plan;
  }

  /** Waits until the night has kept its first result; its file. */
  async function firstResult(night: ChildProcess & { ended: Promise<Ended> }): Promise<string> {
    let over: Ended | undefined;
    void night.ended.then((ended) => (over = ended));
    for (;;) {
      const files = existsSync(join(database, 'results')) ? readdirSync(join(database, 'results'), { recursive: true }).map(String).filter((name) => name.endsWith('.jsonl')) : [];
      const full = files.map((name) => join(database, 'results', name)).find((name) => readFileSync(name, 'utf8').includes('\n'));
      if (full !== undefined) return full;
      if (over) expect.fail(`the night ended before it kept a result: ${over.stderr.slice(-3000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
