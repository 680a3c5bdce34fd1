import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import type { Investigation } from '../../harness/db/generated/investigations.ts';
import { readInvestigations } from '../../harness/db/investigations.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { LessonServer } from './checkout/lesson-server.ts';
import { clone, lessonPlan, makeSchoolCheckout, type Lesson } from './checkout/lesson.ts';
import { commitAll, edit } from './checkout/own-checkout.ts';
import { describeInLongRun } from './long-run.ts';
import { spawnHwlab, type Ended } from './spawn-hwlab.ts';

interface Summary {
  readonly night: string;
  readonly failures: readonly { readonly cell: string; readonly investigation: { readonly verdict: string } | null }[];
  readonly investigations: readonly Investigation[];
  readonly reports: Readonly<Record<string, string>>;
}

/** The verdicts but `product`, which regression.test.ts shows: each of a failure made as a lab meets it, in a checkout that is a school's own. */
describeInLongRun('whose failure it is, with real guests', function () {
  this.timeout(10 * 60_000);
  const server = new LessonServer();
  let folder: string;
  let checkout: string;
  const places = (): string[] => ['--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes'];

  async function hwlab(...args: string[]): Promise<Ended> {
    return await spawnHwlab([...args, ...places()], { cwd: folder }, checkout);
  }

  before('the checkout of a school, with a suite of its own and a history', async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-verdicts-'));
    await openImage('debian-12', Deadline.after(120_000));
    checkout = await makeSchoolCheckout(join(folder, 'checkout'), await server.listen());
    commitAll(checkout, 'the lessons of the school');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A night of one test, which ends with `code`. */
  async function night(code: number, lesson: Lesson, where: Parameters<typeof lessonPlan>[1] = {}, ...more: string[]): Promise<Summary> {
    const plan = join(folder, 'plan.yaml');
    await writeFile(plan, lessonPlan(lesson, where));
    const ended = await hwlab('nightly', '--plan', plan, '--json', ...more);
    expect(ended.code, ended.stderr.slice(-4000)).to.equal(code);
    return JSON.parse(ended.stdout) as Summary;
  }

  /** What a night found out by itself about its one failure; the same is stored and stands on the page. */
  async function found({ night: id, failures, investigations, reports }: Summary): Promise<Investigation> {
    const [one] = investigations;
    if (one === undefined) return expect.fail('nothing was looked into');
    expect(investigations).to.have.length(1);
    expect(failures.map(({ investigation }) => investigation?.verdict)).to.deep.equal([one.verdict]);
    expect(await readInvestigations(join(folder, 'db'), id)).to.deep.equal(investigations);
    expect(await readFile(reports['page'] ?? '', 'utf8')).to.contain(`verdict-${one.verdict}`).and.to.contain(one.checks[0]?.result);
    return one;
  }

  const answers = ({ checks }: Investigation): readonly string[] => checks.map(({ check, on, answer }) => `${check}, ${on}: ${answer}`);

  it("sporadic: the school's server was down while the night asked it", async () => {
    // Both attempts of the night.
    server.down = 2;
    const one = await found(await night(1, 'timetable'));
    expect(one.verdict).to.equal('sporadic');
    expect(answers(one)).to.deep.equal(Array(3).fill('again, debian-12: passes'));
    expect(new Set(one.checks.map(({ result }) => result)).size, 'runs of their own').to.equal(3);
    expect(one.reasons).to.deep.equal(['the same image, suite, machine and device passed 3 of 3 times on pristine clones']);
  });

  it('test: the suite was changed after the last good run; also when it is asked after somebody has mended it', async () => {
    const good = await night(0, 'signature');
    await edit(checkout, 'suites/robotics/programming.suite.ts', '1e ?95 ?0f', '1e ?95 ?14');
    commitAll(checkout, 'suites: the chip of the new boards');
    const bad = await night(1, 'signature');
    const one = await found(bad);
    expect(one.verdict).to.equal('test');
    expect(one.checks.map(({ check, answer }) => `${check}: ${answer}`)).to.deep.equal(['again: same failure', 'last-good-suite: passes']);
    expect(one.reasons).to.deep.equal(['it comes again on a pristine clone', `the suite of the last good run, ${one.checks[1]?.on}, passes on today's image`]);
    expect(one.result.startsWith(bad.night) && !one.result.startsWith(good.night), one.result).to.equal(true);

    await edit(checkout, 'suites/robotics/programming.suite.ts', '1e ?95 ?14', '1e ?95 ?0f');
    commitAll(checkout, 'suites: the chip of the old boards again');
    const asked = await hwlab('investigate', one.result, '--json');
    expect(asked.code, asked.stderr.slice(-4000)).to.equal(0);
    expect(answers(JSON.parse(asked.stdout) as Investigation)).to.deep.equal(answers(one));
  });

  it('device: a clone with another chip fails on two machines, the board that it is a clone of passes in the same night; asked for by hand', async () => {
    const { night: id, investigations } = await night(1, 'signature', { models: ['arduino-uno-r3', clone] }, '--investigate', '0');
    expect(investigations).to.deep.equal([]);
    const { code, stdout, stderr } = await hwlab('investigate', `${id}-002`);
    expect(code, stderr.slice(-4000)).to.equal(0);
    const [one] = await readInvestigations(join(folder, 'db'), id);
    expect(one?.verdict).to.equal('device');
    expect(one && answers(one)).to.deep.equal(['again, debian-12: same failure', 'other-model, arduino-uno-r3: passes', 'other-machine, vm-ehci: same failure']);
    expect(one?.checks[1]?.result, 'the result of the night, without another run').to.equal(`${id}-001`);
    for (const line of [`device: ${id}-002#`, 'because another model of the class, arduino-uno-r3, passes on the same image', 'because on another machine, vm-ehci, it fails too', `with another model, arduino-uno-r3: passes (${id}-001)`]) expect(stdout).to.contain(line);
  });

  it('environment: the lesson wants more of a port than one kind of machine has', async () => {
    const one = await found(await night(1, 'port', { machine: 'vm-ehci' }));
    expect(one.verdict).to.equal('environment');
    expect(answers(one)).to.deep.equal(['again, debian-12: same failure', `other-model, ${clone}: same failure`, 'other-machine, vm-basic: passes']);
    expect(one.reasons.at(-1)).to.equal('it passes on another machine, vm-basic');
  });
});
