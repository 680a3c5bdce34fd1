import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { FakeShell } from '../../capabilities/testing/fake-shell.ts';
import type { BootRequest } from '../../drivers/netboot/boot-log.ts';
import { identify, pretenceOf } from './metal-identity.ts';

const laptop = { vendor: 'LENOVO', product: '20XW00JUS1', hypervisor: false };
const asked = (report: Record<string, string>): BootRequest => ({ at: 0, endedAt: 1, name: 'machine.ipxe', remote: '10.0.0.2', status: 200, bytes: 1, total: 1, complete: true, report });

describe('what a machine says of itself', () => {
  it('is believed when it says that it only pretends, whatever the lab file says', () => {
    const liars = [
      { ...laptop, vendor: 'hwlab', product: 'hwlab simulator' },
      { ...laptop, vendor: 'QEMU', product: 'Standard PC (Q35 + ICH9, 2009)' },
      { ...laptop, vendor: 'innotek GmbH', product: 'VirtualBox' },
      { ...laptop, vendor: 'VMware, Inc.', product: 'VMware7,1' },
      { ...laptop, vendor: 'Microsoft Corporation', product: 'Virtual Machine' },
      { ...laptop, hypervisor: true },
    ];
    for (const words of liars) expect(pretenceOf({ simulator: false }, words), JSON.stringify(words)).to.be.a('string');
  });

  it('proves nothing when it says nothing', () => {
    expect(pretenceOf({ simulator: false }, { ...laptop, hypervisor: undefined })).to.include('could not be asked');
    expect(pretenceOf({ simulator: false }, { vendor: '', product: '', hypervisor: false })).to.include('says nothing');
  });

  it('makes no simulator real that the lab file calls one, and lets a real machine be one', () => {
    expect(pretenceOf({ simulator: true }, laptop)).to.equal('the lab file says so');
    expect(pretenceOf({ simulator: false }, laptop)).to.equal(undefined);
    expect(pretenceOf({ simulator: false }, { vendor: 'Microsoft Corporation', product: 'Surface Pro 7', hypervisor: false })).to.equal(undefined);
  });

  it('is taken from what its firmware asked with and from its processor, cut to a length', async () => {
    const shell = new FakeShell();
    shell.answers.push({ match: /cpuinfo/, result: { stdout: 'flags\t\t: fpu vme de hypervisor lahf_lm\n' } });
    const identity = await identify({ simulator: false, model: 'lenovo-x1' }, [asked({ vendor: `LENOVO\u0007${'x'.repeat(300)}`, product: 'ThinkPad' })], shell, Deadline.after(5000));
    expect(identity).to.deep.include({ model: 'lenovo-x1', product: 'ThinkPad', simulator: 'its processor says that a hypervisor is above it' });
    expect(identity.vendor).to.have.length(100);
    expect(identity.vendor).to.match(/^LENOVOx/);
  });

  it('of a real laptop leaves no doubt', async () => {
    const shell = new FakeShell();
    shell.answers.push({ match: /cpuinfo/, result: { stdout: 'flags\t\t: fpu vme de\n' } });
    expect(await identify({ simulator: false }, [asked({ vendor: 'LENOVO', product: 'ThinkPad' })], shell, Deadline.after(5000))).to.deep.equal({ vendor: 'LENOVO', product: 'ThinkPad' });
  });
});
