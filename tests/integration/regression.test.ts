import { expect } from 'chai';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { projectRoot } from '../../harness/base/places.ts';
import type { Bisect, BisectAnswer } from '../../harness/db/generated/bisect.ts';
import type { Investigation } from '../../harness/db/generated/investigations.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import { imageFolder } from '../../harness/images/image-store.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { copyCheckout } from './checkout/own-checkout.ts';
import { describeInLongRun } from './long-run.ts';
import { culprit, makeSchoolPackages } from './regression/make-school-packages.ts';
import { spawnHwlab, type Ended } from './spawn-hwlab.ts';

/** A night as the QA engineer of a school system has it: two builds of the image, of which the newer one has a mistake in one of its twelve packages. */
const plan = `name: school
description: a USB stick on two builds of the school's system
images: [school-1, school-2]
machines: [vm-basic]
models: [sandisk-cruzer-blade]
suites: [storage]
requirements: [required]
stopAfterFailures: 1
slots: 1
deadlineMinutes: 2
`;

describeInLongRun('a driver regression made on purpose, from the night to the fix, with real guests', function () {
  this.timeout(20 * 60_000);
  let folder: string;
  let result: Result;
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, HWLAB_CACHE: join(folder, 'cache') });
  const places = (): string[] => ['--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json'];

  async function hwlab(...args: string[]): Promise<Ended> {
    return await hwlabIn(projectRoot, args);
  }

  async function hwlabIn(checkout: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return await spawnHwlab(args, { cwd: folder, env: { ...env(), ...more } }, checkout);
  }

  before('two builds, each made of the last by its packages', async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-regression-'));
    await openImage('debian-12', Deadline.after(120_000));
    await mkdir(join(folder, 'cache/images'), { recursive: true });
    await symlink(imageFolder('debian-12'), join(folder, 'cache/images/debian-12'));
    for (const release of [1, 2] as const) {
      const debs = await makeSchoolPackages(join(folder, 'debs', String(release)), release);
      const made = await hwlab('image', 'derive', release === 1 ? 'debian-12' : 'school-1', '--id', `school-${release}`, '--deb', ...debs, '--yes', '--json');
      expect(made.code, made.stderr).to.equal(0);
    }
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  it('is found by the night, which says by itself that it is the product', async () => {
    const file = join(folder, 'school.yaml');
    await writeFile(file, plan);
    const { code, stdout, stderr } = await hwlab('nightly', '--plan', file, ...places());
    expect(code, stderr.slice(-4000)).to.equal(1);
    const summary = JSON.parse(stdout) as { readonly failures: readonly { readonly cell: string; readonly investigation: { readonly verdict: string } | null }[]; readonly investigations: readonly Investigation[]; readonly reports: Readonly<Record<string, string>> };
    expect(summary.failures.map(({ cell, investigation }) => [cell.split('/')[0], investigation?.verdict])).to.deep.equal([['school-2', 'product']]);
    const [investigation] = summary.investigations;
    expect(investigation?.checks.map(({ check, answer }) => [check, answer])).to.deep.equal([['again', 'same failure'], ['last-good-image', 'passes']]);
    expect(investigation?.checks[1]?.on).to.equal('school-1');
    expect(await readFile(summary.reports['page'] ?? '', 'utf8')).to.contain('verdict-product');
    const results = await Array.fromAsync(ResultStore.open(join(folder, 'db')).results({ image: 'school-2' }, () => expect.fail('a bad line')));
    result = results[0] ?? expect.fail('no result');
    expect(investigation?.result).to.equal(result.id);
  });

  it('costs what is said, and is bisected to the package, which is shown to be enough alone', async () => {
    // One test of the cell, as a run of it is what it costs.
    const asked = `${result.id}#storage.unplug-while-writing`;
    const cost = await hwlab('bisect', '--test', asked, '--dry-run', ...places());
    expect(cost.code, cost.stderr).to.equal(0);
    const said = JSON.parse(cost.stdout) as { readonly packages: readonly unknown[]; readonly runs: { readonly packages: { readonly most: number } } };
    expect([said.packages.length, said.runs.packages.most]).to.deep.equal([12, 4]);
    const { code, stdout, stderr } = await hwlab('bisect', '--test', asked, ...places());
    expect(code, stderr.slice(-4000)).to.equal(0);
    const answer = JSON.parse(stdout) as BisectAnswer & { readonly journal: string };
    expect(answer).to.deep.include({ kind: 'package', what: [`${culprit} 1.0 -> 2.0`], alone: true });
    // All packages, at most four halvings, the one alone with the one that it needs; and again what a loaded host gave no answer to.
    const { trials } = JSON.parse(await readFile(answer.journal, 'utf8')) as Bisect;
    expect(trials.filter(({ outcome }) => outcome !== 'untestable').length).to.be.at.most(6);
    // Asked again, it is answered from its journal without a guest.
    const again = await hwlab('bisect', '--test', asked, ...places());
    expect(JSON.parse(again.stdout)).to.deep.include({ what: answer.what, stored: answer.runs });
  });

  it('comes again from its bundle in another checkout that has no image yet, which it gets', async () => {
    const file = join(folder, 'stick.hwlab.tgz');
    const made = await hwlab('bundle', result.id, '--out', file, ...places().slice(0, 4));
    expect(made.code, made.stderr).to.equal(0);
    const other = await copyCheckout(join(folder, 'checkout'));
    const run = ['run', file, '--reports', join(folder, 'elsewhere'), '--yes', '--json'];
    const elsewhere = { HWLAB_CACHE: join(folder, 'empty-cache') };
    const without = await hwlabIn(other, run, elsewhere);
    expect(without.code, without.stderr).to.equal(2);
    expect(without.stderr).to.contain('school-2').and.to.contain('is gone').and.to.contain('HWLAB_IMAGES').and.to.not.contain('restoring');
    const there = await hwlabIn(other, run, { ...elsewhere, HWLAB_IMAGES: join(folder, 'cache/images') });
    expect(there.code, there.stderr.slice(-4000)).to.equal(0);
    expect(JSON.parse(there.stdout)).to.include({ answer: 'same failure', repeats: result.id });
    expect(there.stderr).to.contain('getting disk of school-2');
  });

  it('is there no longer once the package is mended', async () => {
    const mended = await makeSchoolPackages(join(folder, 'debs/3'), 3, [culprit]);
    expect((await hwlab('image', 'derive', 'school-2', '--id', 'school-3', '--deb', ...mended, '--yes')).code).to.equal(0);
    const fixed = await hwlab('repro', result.id, 'image=school-3', ...places());
    expect(fixed.code, fixed.stderr.slice(-4000)).to.equal(4);
    expect(JSON.parse(fixed.stdout)).to.include({ answer: 'passes' });
  });
});
