import { expect } from 'chai';
import { groupsOf } from './cell-packages.ts';

describe('the packages that cells need of this host', () => {
  const groups = async (image: string, ...machines: readonly string[]): Promise<readonly string[]> => groupsOf(machines.map((machine) => ({ id: { image, machine } })));

  it('have UEFI firmware only where a machine boots by it', async () => {
    expect(await groups('debian-12', 'vm-basic', 'vm-display')).to.deep.equal([]);
    expect(await groups('debian-12', 'vm-basic', 'vm-laptop', 'vm-uefi')).to.deep.equal(['uefi']);
  });

  it('have what boots machines of the lab file only for those', async () => {
    expect(await groups('debian-12', 'laptop-7')).to.deep.equal(['metal']);
  });

  it('do not ask for an image that is gone: what starts it says so', async () => {
    expect(await groups('gone-1', 'vm-basic')).to.deep.equal([]);
  });
});
