import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { Scope } from '../base/scope.ts';
import { launchVm } from './launch-vm.ts';
import { thisOwner } from './machine-owner.ts';
import { loadMachineProfile } from './machine-profile.ts';

describe('launchVm', () => {
  it('leaves nothing that listens when it is interrupted while the overlay is made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hwlab-launch-'));
    const scope = new Scope();
    const interrupted = new HwlabError({ code: 'night-interrupted', blame: 'lab', message: 'interrupted by SIGINT' });
    const profile = await loadMachineProfile('vm-basic');
    const order = {
      name: 'hwlab-test-0',
      folders: { sockets: folder, disks: folder },
      owner: thisOwner('test'),
      image: { id: 'none', record: { format: 'qcow2' }, disk: '/no/disk' },
      profile,
      accelerator: 'tcg',
      firmwareFiles: [],
      backing: { path: '/no/disk', format: 'qcow2' },
      consoleFile: join(folder, 'console.log'),
    } as unknown as Parameters<typeof launchVm>[0];
    const thrown = await launchVm(order, scope, Deadline.after(10_000, AbortSignal.abort(interrupted))).catch((error: unknown) => error);
    expect(thrown).to.equal(interrupted);
    // A listener that nobody ends keeps the whole night's process alive.
    expect(existsSync(join(folder, 'console'))).to.equal(true);
    await scope.end();
    expect(existsSync(join(folder, 'console'))).to.equal(false);
    await rm(folder, { recursive: true });
  });
});
