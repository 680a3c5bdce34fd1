import { expect } from 'chai';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import type { Bisect, BisectAnswer } from '../../harness/db/generated/bisect.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import { imageFolder } from '../../harness/images/image-store.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { describeInLongRun } from './long-run.ts';
import { makeSchoolKernel } from './regression/make-school-kernel.ts';
import { spawnHwlab, type Ended } from './spawn-hwlab.ts';

/** Debian's stable kernel, and two builds of that of its backports, of which the second one has lost the driver of serial ports (cdc_acm). */
describeInLongRun('a driver that one kernel of several has lost, with real guests', function () {
  this.timeout(30 * 60_000);
  let folder: string;
  let versions: readonly string[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-kernels-'));
    await mkdir(join(folder, 'cache/images'), { recursive: true });
    for (const image of ['debian-12', 'debian-12-backports']) {
      await openImage(image, Deadline.after(120_000));
      await symlink(imageFolder(image), join(folder, 'cache/images', image));
    }
    const builds = [];
    for (const [id, without] of [['school-1', []], ['school-2', ['cdc-acm']]] as const) {
      const build = await makeSchoolKernel(join(folder, id), 'debian-12-backports', id.replace('-', ''), without, Deadline.after(10 * 60_000));
      builds.push(build.version);
      const made = await hwlab('image', 'derive', 'debian-12', '--id', id, '--deb', build.file, '--yes', '--json');
      expect(made.code, made.stderr).to.equal(0);
    }
    versions = builds;
    // The kernels to choose from are those of the stored images.
    await rm(join(folder, 'cache/images/debian-12-backports'));
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  const hwlab = async (...args: string[]): Promise<Ended> => spawnHwlab(args, { cwd: folder, env: { ...process.env, HWLAB_CACHE: join(folder, 'cache') } });

  it('is bisected to that kernel, over the one between, each of them installed in the good image', async () => {
    const places = ['--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json'];
    const ran = await hwlab('run', '--image', 'school-2', '--device', 'arduino-uno-r3', '--suite', 'robotics', '--test', 'signature', ...places.slice(0, 5));
    expect(ran.code, ran.stderr.slice(-4000)).to.equal(1);
    const [result] = await Array.fromAsync(ResultStore.open(join(folder, 'db')).results({ image: 'school-2' }, () => expect.fail('a bad line')));
    const asked = ['bisect', '--test', result?.id ?? expect.fail('no result'), '--good', 'debian-12', '--bad', 'school-2', '--only', 'kernels', ...places];
    const cost = await hwlab(...asked, '--dry-run');
    expect(cost.code, cost.stderr).to.equal(0);
    expect((JSON.parse(cost.stdout) as { readonly kernels: readonly string[] }).kernels.map((each) => each.split(' of ')[1])).to.deep.equal(['debian-12', 'school-1', 'school-2']);
    const { code, stdout, stderr } = await hwlab(...asked);
    expect(code, stderr.slice(-4000)).to.equal(0);
    const answer = JSON.parse(stdout) as BisectAnswer & { readonly journal: string };
    expect(answer).to.deep.include({ kind: 'kernel', what: [`debian-12 with the kernel ${versions[1]} of school-2`] });
    // The good end, the bad kernel in the good image, and the one between.
    const { trials } = JSON.parse(await readFile(answer.journal, 'utf8')) as Bisect;
    expect(trials.filter(({ outcome }) => outcome !== 'untestable').map(({ outcome }) => outcome)).to.deep.equal(['good', 'bad', 'good']);
  });
});
