import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../harness/base/deadline.ts';
import { HwlabError } from '../../harness/base/hwlab-error.ts';
import { projectRoot } from '../../harness/base/places.ts';
import { buildImage } from '../../harness/images/build-image.ts';
import { imagesFolder } from '../../harness/images/image-store.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { mountsBelow } from '../../harness/images/remove-tree.ts';
import type { StoredImage } from '../../harness/images/stored-image.ts';
import { findProgram } from '../../harness/setup/host-requirements.ts';
import { longRun } from './long-run.ts';

describe('the reference image', function () {
  this.timeout(180_000);
  let folder = '';
  let image: StoredImage;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-reference-'));
    image = await openImage('debian-12', Deadline.after(60_000), { verify: true });
    execFileSync('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', image.disk, join(folder, 'disk')]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What debugfs prints; it works on the file without mounting it. */
  function debugfs(request: string): string {
    return execFileSync(findProgram('debugfs') ?? 'debugfs', ['-R', request, join(folder, 'disk')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  }
  const names = (path: string): string[] => debugfs(`ls -p ${path}`).split('\n').flatMap((line) => line.split('/')[5] ?? []).filter((name) => !['', '.', '..'].includes(name));
  const text = (path: string): string => debugfs(`cat ${path}`);

  it('has a clean file system', () => {
    execFileSync(findProgram('e2fsck') ?? 'e2fsck', ['-f', '-n', join(folder, 'disk')], { stdio: 'ignore' });
  });

  it('is booted with the kernel and initrd that it carries', () => {
    for (const [path, file] of [[`/boot/vmlinuz-${image.manifest.kernel}`, 'kernel'], [`/boot/initrd.img-${image.manifest.kernel}`, 'initrd']] as const) {
      debugfs(`dump ${path} ${join(folder, file)}`);
      expect(createHash('sha256').update(readFileSync(join(folder, file))).digest('hex'), path).to.equal(image.manifest.files[file]?.sha256);
    }
  });

  it('has what a school needs', () => {
    expect(Object.keys(image.manifest.packages)).to.include.members(['cups', 'ipp-usb', 'sane-utils', 'sane-airscan', 'libinput-tools', 'avrdude', 'systemd', 'openssh-server', 'avahi-daemon', 'evtest']);
    expect(text('/etc/passwd')).to.match(/^pupil:x:1000:1000:/m);
    for (const group of ['dialout', 'plugdev', 'lp', 'scanner']) expect(text('/etc/group'), group).to.match(new RegExp(`^${group}:.*[:,]pupil`, 'm'));
    expect(text('/etc/hosts')).to.contain('127.0.0.1 localhost');
  });

  it('holds no secret and nothing of the host that built it', () => {
    expect(names('/etc/ssh').filter((name) => name.startsWith('ssh_host_'))).to.deep.equal([]);
    expect(names('/root')).not.to.include('.ssh');
    expect(names('/etc/ssl/private')).to.deep.equal([]);
    expect(text('/etc/shadow')).to.match(/^root:\*:/m).and.to.match(/^pupil:!:/m);
    expect(text('/etc/machine-id')).to.equal('');
    expect(text('/etc/hostname')).to.equal('school\n');
    expect(text('/etc/apt/sources.list')).to.equal('');
    expect(names('/etc')).not.to.include('resolv.conf');
    // brltty makes one when it is installed.
    expect(names('/etc')).not.to.include('brlapi.key');
    expect(names('/etc/apt/apt.conf.d')).not.to.include('99mmdebstrap');
    expect(names('/')).not.to.include.members(['hwlab-out', 'hwlab-finish']);
  });

  it('is not built again from the same inputs', async () => {
    const started = performance.now();
    const { built, manifest } = await buildImage('debian-12', { deadline: Deadline.after(60_000), progress: () => undefined });
    expect(built).to.equal(false);
    expect(manifest.files).to.deep.equal(image.manifest.files);
    expect(performance.now() - started).to.be.below(5000);
  });

  describe('built anew', () => {
    const before = process.env['HWLAB_CACHE'];
    beforeEach(() => (process.env['HWLAB_CACHE'] = join(folder, 'cache')));
    afterEach(() => {
      if (before === undefined) delete process.env['HWLAB_CACHE'];
      else process.env['HWLAB_CACHE'] = before;
    });

    /** Starts a build in this process and interrupts it a second after the line `at` came. */
    async function interruptedBuild(at: string): Promise<unknown> {
      const stop = new AbortController();
      const progress = (line: string): void => void (line.includes(at) && setTimeout(() => stop.abort(new HwlabError({ code: 'interrupted', blame: 'lab', message: 'interrupted' })), 1000));
      return buildImage('debian-12', { deadline: Deadline.after(120_000, stop.signal), progress }).catch((thrown: unknown) => thrown);
    }

    if (longRun) {
      it('is the same bit for bit, so that a result is met again on another host by the hash of its image', async () => {
        const { built, manifest } = await buildImage('debian-12', { deadline: Deadline.after(600_000), progress: () => undefined });
        expect(built).to.equal(true);
        expect(manifest.packages, 'the mirror has other packages now: build debian-12 again').to.deep.equal(image.manifest.packages);
        expect(manifest.files).to.deep.equal(image.manifest.files);
      }).timeout(12 * 60_000);
    }

    it('leaves no files, mounts or processes when it is interrupted', async () => {
      expect(await interruptedBuild('unpacking the base system')).to.have.property('code', 'interrupted');
      expect(readdirSync(imagesFolder())).to.deep.equal([]);
      expect(await mountsBelow(folder)).to.deep.equal([]);
      expect(processesIn(folder)).to.deep.equal([]);
    });

    it('clears away what a killed build left, its running tools included', async () => {
      const source = `import { buildImage } from '${join(projectRoot, 'harness/images/build-image.ts')}'; import { Deadline } from '${join(projectRoot, 'harness/base/deadline.ts')}';
        await buildImage('debian-12', { deadline: Deadline.after(120_000), progress: (line) => console.log(line) });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', source], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'ignore'] });
      await new Promise<void>((resolve) => child.stdout.on('data', (chunk: Buffer) => void (chunk.includes('unpacking the base system') && resolve())));
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(readdirSync(imagesFolder())).to.have.length(2);
      expect(await interruptedBuild('reading the package lists')).to.have.property('code', 'interrupted');
      expect(readdirSync(imagesFolder())).to.deep.equal([]);
      expect(processesIn(folder)).to.deep.equal([]);
    });
  });
});

/** Ids of processes that work in or below a folder. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) || readlinkSync(`/proc/${pid}/root`).startsWith(folder);
    } catch {
      return false;
    }
  });
}
