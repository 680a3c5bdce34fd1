import { expect } from 'chai';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { hostProblems, type HostFacts } from './host-problems.ts';
import { readLab } from './read-lab.ts';

const example = join(projectRoot, 'fixtures/lab/bench.yaml');

describe('what the lab file says of this host', () => {
  const found = async (facts: Partial<HostFacts>): Promise<readonly string[]> => {
    const { lab, parsed } = await readLab(example);
    if (!lab) throw new Error('the example does not keep its schema');
    const host: HostFacts = { host: 'bench-1', addresses: () => ['10.77.0.1'], has: async () => Promise.resolve(true), ...facts };
    return (await hostProblems(lab, example, parsed, host)).map(({ line, severity, message }) => `${line}: ${severity}: ${message}`);
  };

  it('is nothing where all is there, and on any other host', async () => {
    expect(await found({})).to.deep.equal([]);
    expect(await found({ host: 'elsewhere', has: async () => Promise.resolve(false) })).to.deep.equal([]);
  });

  it('is a card that is not there, one without its address, and a grabber that is unplugged', async () => {
    const grabber = '55: warning: /machines/0/grabber: there is no /dev/v4l/by-id/usb-MACROSILICON_USB_Video-video-index0, so nothing sees the screen of laptop-7';
    expect(await found({ has: async () => Promise.resolve(false) })).to.deep.equal(['10: warning: /stations/0/netboot/interface: this host has no network card enp3s0', grabber]);
    expect(await found({ addresses: () => [] })).to.deep.equal(['10: warning: /stations/0/netboot/interface: enp3s0 has not the address 10.77.0.1, or is down']);
  });
});
