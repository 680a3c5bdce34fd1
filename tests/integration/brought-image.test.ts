import { expect } from 'chai';
import { chmod, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { makeSchoolDisk, type SchoolDisk } from './brought-image/make-school-disk.ts';
import { longRun } from './long-run.ts';
import { spawnHwlab, type Ended } from './spawn-hwlab.ts';

/** What a school's IT brings: a disk of its own, with its own boot loader, host key and login. Only `--long` boots it by UEFI, too. */
const ways = [
  { boot: 'bios', trust: 'a password', login: (): string[] => ['--login', 'root:gehe:im'] },
  ...(longRun ? [{ boot: 'uefi', trust: 'a key', login: (disk: SchoolDisk): string[] => ['--login', 'root', '--key', disk.keyFile] }] : []),
];

describe('an image that a user brings', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let disk: SchoolDisk;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-brought-'));
    disk = makeSchoolDisk(await openImage('debian-12', Deadline.after(120_000)), join(folder, 'made'), 'gehe:im');
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  const hwlab = async (...args: string[]): Promise<Ended> => spawnHwlab(args, { env: { ...process.env, HWLAB_CACHE: join(folder, 'cache') } });
  const signature = (id: string): string[] => ['run', '--image', id, '--device', 'arduino-uno-r3', '--suite', 'robotics', '--test', 'signature', '--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json'];

  for (const { boot, trust, login } of ways) {
    it(`boots by ${boot}, lets us in with ${trust}, and meets a device`, async () => {
      const added = await hwlab('image', 'add', disk.file, '--id', `school-${boot}`, ...login(disk), '--boot', boot, '--os', 'School Linux', '--os-version', '4');
      expect(added.code, added.stderr).to.equal(0);
      const ran = await hwlab(...signature(`school-${boot}`));
      expect(ran.code, `${ran.stderr}\n${ran.stdout}`).to.equal(0);
      expect(JSON.parse(ran.stdout)).to.have.nested.property('counts.tests.PASS', 1);
    });
  }

  it('is not booted once a byte of its stored copy has changed', async () => {
    const { stdout } = await hwlab('image', 'list', '--json');
    const listed = JSON.parse(stdout) as readonly { readonly id: string }[];
    expect(listed.map(({ id }) => id)).to.include('school-bios');
    const store = join(folder, 'cache', 'images', 'school-bios');
    const name = (await readdir(store)).find((file) => file.endsWith('.qcow2')) ?? 'no disk';
    await chmod(join(store, name), 0o600);
    await using file = await open(join(store, name), 'r+');
    await file.write(Buffer.from('x'), 0, 1, 700_000_000);
    const ran = await hwlab(...signature('school-bios'));
    expect(ran.code).to.equal(3);
    expect(ran.stderr).to.match(/school-bios is damaged: .*sha256/);
  });
});
