import { expect } from 'chai';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../harness/base/places.ts';
import { skipBecause } from '../../harness/base/testing/skip-because.ts';
import { disksRoot } from '../../harness/machines/machine-folders.ts';

/** As root, or as a user in a namespace of their own; only then can a small file system be put over the folder of running disks. */
const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user'];

describe("the host's disk is full while a guest runs", function () {
  this.timeout(10 * 60_000);

  it('the machine says so at once: the fault is the lab\'s, and what to do about it', async function () {
    await mkdir(disksRoot(), { recursive: true });
    const small = (then: string): string[] => [...namespace, 'sh', '-c', `mount -t tmpfs -o size=48m hwlab-test "$1" && ${then}`, 'sh', disksRoot()];
    if (spawnSync('unshare', small('true')).status !== 0) skipBecause(this, 'this host lets nobody mount in a namespace of their own');
    // libvirt's daemon must see the same small disk, so it is one of its own.
    const runtime = await mkdtemp(join(tmpdir(), 'hwf-'));
    try {
      const child = join(projectRoot, 'tests/integration/host-disk-full/fill-disk.ts');
      const { stdout } = await promisify(execFile)('unshare', small(`exec "${process.execPath}" "${child}"`), { env: { ...process.env, HWLAB_RUNTIME: runtime, XDG_RUNTIME_DIR: runtime }, timeout: 9 * 60_000 });
      const said = JSON.parse(stdout) as Record<string, unknown>;
      expect(said).to.include({ code: 'host-disk-full', blame: 'lab', state: 'paused' });
      expect(said['advice']).to.contain('HWLAB_CACHE');
    } finally {
      await rm(runtime, { recursive: true, force: true });
    }
  });
});
