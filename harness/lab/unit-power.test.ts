import { expect } from 'chai';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { projectRoot } from '../base/places.ts';
import type { HubPower } from '../capabilities/hub-power.ts';
import { cycle } from '../capabilities/power.ts';
import type { Lab, LabUnit } from './inventory/lab.ts';
import { loadLab } from './inventory/read-lab.ts';
import { unitPower } from './unit-power.ts';

describe('the power of a unit', () => {
  let lab: Lab;
  before(async () => (lab = await loadLab(join(projectRoot, 'fixtures/lab/bench.yaml'))));
  const unit = (id: string): LabUnit => lab.units.find((one) => one.id === id) ?? expect.fail(id);
  const soon = (): Deadline => Deadline.after(10_000);
  const missing = async (): Promise<never> => Promise.reject(new HwlabError({ code: 'hub-missing', blame: 'lab', message: 'there is no such hub' }));
  const gone: HubPower = { list: missing, state: missing, switch: missing };

  it('is the port of its hub, switched and read back under the lease of the unit', async () => {
    const asked: string[] = [];
    let power: 'on' | 'off' = 'on';
    const hub: HubPower = {
      ...gone,
      state: async ({ hub: path, port }) => Promise.resolve(`${path} ${port}` === '1-1 2' ? power : 'unknown'),
      switch: async ({ hub: path, port }, to, _deadline, fence) => {
        await fence?.check();
        asked.push(`${path} ${port} ${to}`);
        power = to;
      },
    };
    const printer = unitPower(lab, unit('printer-1'), hub);
    await cycle(printer, soon());
    expect(asked).to.deep.equal(['1-1 2 off', '1-1 2 on']);
    expect(await printer.state(soon())).to.equal('on');
    const lost = { check: async () => Promise.reject(new HwlabError({ code: 'lease-lost', blame: 'lab', message: 'lost' })) };
    expect(await printer.off(soon(), lost).catch((error: HwlabError) => error.code)).to.equal('lease-lost');
    expect(power).to.equal('on');
  });

  it('is unknown where the hub is not there, with the reason', async () => {
    let why = '';
    expect(await unitPower(lab, unit('uno-1'), gone).state(soon(), (text) => (why = text))).to.equal('unknown');
    expect(why).to.equal('there is no such hub');
  });

  it('is nothing where the lab file does not say by what', () => {
    const power = (changed: Partial<Lab>, id = 'uno-1'): string => {
      try {
        unitPower({ ...lab, ...changed }, unit(id), gone, 'other-host');
        return 'a power';
      } catch (error) {
        return (error as HwlabError).message;
      }
    };
    expect(power({})).to.equal('a power');
    expect(power({}, 'mfp-2')).to.include('on no port of a hub');
    expect(power({ hubs: lab.hubs.map((hub) => ({ ...hub, switches: false })) })).to.include('does not say that hub-1 switches its ports');
    expect(power({ stations: [...lab.stations, { id: 'bench-2', host: 'bench-2' }] })).to.include('hub-1 hangs on bench-1, and this is other-host');
  });
});
