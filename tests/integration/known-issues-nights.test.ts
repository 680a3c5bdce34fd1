import { expect } from 'chai';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { canonicalJson } from '../../harness/db/canonical-json.ts';
import type { Investigation } from '../../harness/db/generated/investigations.ts';
import type { KnownIssue } from '../../harness/db/generated/known-issue.ts';
import type { NightIssue } from '../../harness/db/night-issues.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { LessonServer } from './checkout/lesson-server.ts';
import { clone, lessonPlan, makeSchoolCheckout } from './checkout/lesson.ts';
import { edit } from './checkout/own-checkout.ts';
import { describeInLongRun } from './long-run.ts';
import { spawnHwlab, type Ended } from './spawn-hwlab.ts';

interface Summary {
  readonly night: string;
  readonly knownIssues: readonly NightIssue[];
  readonly investigations: readonly Investigation[];
  readonly failures: readonly { readonly test: string; readonly isNew: boolean; readonly signature: string; readonly knownIssue: { readonly id: string; readonly state: string } | null }[];
  readonly reports: { readonly page: string };
}

/** What the chip of the clone says of itself: avrdude refuses the first, takes the second for a broken line, and is content with the last. */
const chips = { other: '1e9514', silent: '000000', right: '1e950f' } as const;

/** A known issue from its writing to its return, as a developer has it: each night is one cell with one test. */
describeInLongRun('a known issue over several nights, with real guests', function () {
  this.timeout(6 * 60_000);
  const server = new LessonServer();
  let folder: string;
  let checkout: string;
  let signature: string;
  let second: Summary;
  let chip: string = chips.other;
  const file = (): string => join(folder, 'db/known-issues/clone-chip.json');
  const issue = (change: Partial<KnownIssue> = {}): KnownIssue => ({ id: 'clone-chip', kind: 'errata', title: 'avrdude refuses the chip of the clones', titleRu: 'avrdude не принимает микросхему клонов', scope: { features: ['programming.signature'] }, signature: { failure: signature }, owner: 'school', link: 'https://example.org/issues/7', since: '2026-11-01', expires: '2099-01-01', ...change });

  before('the checkout of a school, and its clone of an Uno', async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-issues-'));
    await openImage('debian-12', Deadline.after(120_000));
    checkout = await makeSchoolCheckout(join(folder, 'checkout'), await server.listen());
    await writeFile(join(folder, 'plan.yaml'), lessonPlan('signature', { models: [clone] }));
    await mkdir(join(folder, 'db/known-issues'), { recursive: true });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function hwlab(code: number, ...args: string[]): Promise<Ended> {
    const ended = await spawnHwlab([...args, '--db', join(folder, 'db')], { cwd: folder }, checkout);
    expect(ended.code, ended.stderr.slice(-4000)).to.equal(code);
    return ended;
  }
  const elsewhere = (): string[] => ['--reports', join(folder, 'reports')];
  const report = async (night: string): Promise<Summary> => JSON.parse((await hwlab(0, 'report', night, '--json', ...elsewhere())).stdout) as Summary;
  const night = async (code: number, ...more: string[]): Promise<Ended> => hwlab(code, 'nightly', '--plan', join(folder, 'plan.yaml'), '--yes', ...elsewhere(), ...more);
  const states = ({ knownIssues }: Summary): readonly string[] => knownIssues.map(({ id, state }) => `${id} ${state}`);

  /** The device on the cable is another one from now on. */
  async function plug(which: keyof typeof chips): Promise<void> {
    await edit(checkout, `fixtures/devices/robotics/${clone}.json`, `"signature": "${chip}"`, `"signature": "${chips[which]}"`);
    chip = chips[which];
  }

  it('is written with the signature that the terminal shows behind a failure', async () => {
    const { stdout } = await hwlab(1, 'run', '--device', clone, '--suite', 'robotics', '--test', 'reads the signature', '--yes', ...elsewhere());
    signature = /✕ FAIL .*\[programming\.signature, required\].* ([0-9a-f]{16})$/m.exec(stdout)?.[1] ?? expect.fail(stdout);
    const result = `${/nights\/([^/]+)\/index\.html/.exec(stdout)?.[1] ?? expect.fail(stdout)}-001`;
    await hwlab(0, 'known-issue', 'add', `${result}#programming.signature`, '--id', 'clone-chip', '--everywhere', '--link', 'https://example.org/issues/7', '--title', 'avrdude refuses the chip of the clones', '--title-ru', 'avrdude не принимает микросхему клонов');
    const written = JSON.parse(await readFile(file(), 'utf8')) as KnownIssue;
    expect(written.signature).to.deep.equal({ failure: signature });
    expect((await spawnHwlab(['known-issue', 'add', result, '--link', 'https://example.org/issues/8', '--db', join(folder, 'db')], { cwd: folder }, checkout)).stderr).to.contain(`clone-chip has the signature ${signature}`);
    // The school's own suites have problems of theirs: its checkout is made for two tests.
    const linted = await spawnHwlab(['db', 'lint', '--json', '--db', join(folder, 'db')], { cwd: folder }, checkout);
    const { problems } = JSON.parse(linted.stdout) as { readonly problems: readonly { readonly file: string }[] };
    expect(problems.filter((problem) => problem.file.startsWith(folder) && problem.file.includes('/db/'))).to.deep.equal([]);
  });

  it('the next night carries it and looks into nothing, although no night before had the failure; the failure stays one', async () => {
    second = JSON.parse((await night(1, '--json')).stdout) as Summary;
    expect(states(second)).to.deep.equal(['clone-chip present']);
    expect(second.failures.map((failure) => [failure.signature, failure.knownIssue?.id])).to.deep.equal([[signature, 'clone-chip']]);
    expect(second.knownIssues[0]?.failures).to.deep.equal([{ result: `${second.night}-001`, test: second.failures[0]?.test }]);
    expect(second.investigations).to.deep.equal([]);
    expect(await readFile(second.reports.page, 'utf8')).to.match(/Known issue:<\/b> <span lang="en">clone-chip:<\/span> <span lang="en">avrdude refuses/);
    expect(await readFile(second.reports.page.replace('index.html', 'index.ru.html'), 'utf8')).to.contain('<span lang="ru">avrdude не принимает микросхему клонов');
    expect((await hwlab(0, 'report', second.night, ...elsewhere())).stdout).to.contain('known issue: clone-chip https://example.org/issues/7').and.to.contain('seen: clone-chip');
  });

  it('is matched anew with what that night left when its file is edited', async () => {
    await writeFile(file(), canonicalJson(issue({ signature: { message: 'no such words' } })));
    const without = await report(second.night);
    expect([states(without), without.failures[0]?.knownIssue]).to.deep.equal([['clone-chip otherwise'], null]);
    await writeFile(file(), canonicalJson(issue({ signature: { message: '[Ee]xpected signature for' } })));
    const again = await report(second.night);
    expect([states(again), again.failures[0]?.knownIssue?.id]).to.deep.equal([['clone-chip present'], 'clone-chip']);
    await writeFile(file(), canonicalJson(issue()));
  });

  it('does not carry over to another failure of the same test, which is new and looked into', async () => {
    await plug('silent');
    const third = JSON.parse((await night(1, '--json', '--investigate', '1')).stdout) as Summary;
    expect(states(third)).to.deep.equal(['clone-chip otherwise']);
    const [failure] = third.failures;
    expect([failure?.isNew, failure?.knownIssue]).to.deep.equal([true, null]);
    expect(failure?.signature).to.match(/^[0-9a-f]{16}$/).and.to.not.equal(signature);
    expect(third.investigations.map((each) => [each.test, each.signature])).to.deep.equal([[failure?.test, failure?.signature]]);
    expect((await hwlab(0, 'report', third.night, ...elsewhere())).stdout).to.contain('fails otherwise, not carried over: clone-chip').and.to.not.contain('known issue: clone-chip');
  });

  it('is recorded as absent by the night that passes', async () => {
    await plug('right');
    const { stdout } = await night(0);
    expect(stdout).to.contain('looked for and absent: clone-chip');
    const id = /nights\/([^/]+)\/index\.html/.exec(stdout)?.[1] ?? expect.fail(stdout);
    expect(states(await report(id))).to.deep.equal(['clone-chip absent']);
  });

  it('closed, it stands on top of the first night that shows it again, the same day, and excuses nothing', async () => {
    await hwlab(0, 'known-issue', 'close', 'clone-chip');
    await plug('other');
    const { stdout } = await night(1, '--investigate', '3');
    const places = ['Closed issues that are back\n  ✕ clone-chip', '\ntests ', '\nFailures\n', 'closed issue that is back: clone-chip'].map((words) => stdout.indexOf(words));
    expect(places.every((place) => place > 0) && places.join() === places.toSorted((a, b) => a - b).join(), `${places.join()}\n${stdout}`).to.equal(true);
    const id = /nights\/([^/]+)\/index\.html/.exec(stdout)?.[1] ?? expect.fail(stdout);
    const last = await report(id);
    expect(states(last)).to.deep.equal(['clone-chip returned']);
    expect([last.failures[0]?.signature, last.failures[0]?.knownIssue?.state]).to.deep.equal([signature, 'returned']);
    // The model's data is not what it was when it passed.
    expect(last.investigations.map(({ verdict, signature: of }) => [verdict, of])).to.deep.equal([['device', signature]]);
    const page = await readFile(last.reports.page, 'utf8');
    expect(page.indexOf('id="returned"')).to.be.greaterThan(0).and.to.be.lessThan(page.indexOf('id="failures"'));
    // What was seen before it was closed is excused as it was then.
    expect(states(await report(second.night))).to.deep.equal(['clone-chip present']);
  });
});
