import { expect } from 'chai';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { projectRoot } from '../base/places.ts';
import type { Power } from '../capabilities/power.ts';
import { loadLab } from './inventory/read-lab.ts';
import { labStatus } from './lab-status.ts';

const never = new Promise<never>(() => undefined);
const power = (state: Power['state']): Power => ({ state, on: async () => never, off: async () => never });

describe('the status of a lab', () => {
  it('calls unknown what does not answer, and is there in time', async () => {
    const lab = await loadLab(join(projectRoot, 'fixtures/lab/bench.yaml'));
    const kinds: Readonly<Record<string, Power>> = {
      'laptop-7': power(async () => never),
      'aio-3': power(async () => Promise.resolve('off' as const)),
      'metal-sim': power(async () => Promise.reject(new HwlabError({ code: 'power-refused', blame: 'lab', message: 'wrong password' }))),
    };
    const status = await labStatus({ lab, powerOf: async ({ id }) => Promise.resolve(kinds[id]), leases: [], waiters: [], resources: [], health: [] }, 500);
    expect(status.subjects.map(({ resource, power: seen, powerProblem }) => [resource, seen, powerProblem])).to.deep.equal([
      ['machine/laptop-7', 'unknown', 'its controller does not answer'],
      ['machine/aio-3', 'off', undefined],
      ['machine/metal-sim', 'unknown', 'wrong password'],
      ['unit/uno-1', undefined, undefined],
      ['unit/printer-1', undefined, undefined],
      ['unit/mfp-2', undefined, undefined],
    ]);
  });

  it('says why a power that was read is unknown', async () => {
    const lab = await loadLab(join(projectRoot, 'fixtures/lab/bench.yaml'));
    const dead = power(async (_deadline, because) => Promise.resolve(because?.('IPMI 10.78.0.2 does not answer')).then(() => 'unknown' as const));
    const status = await labStatus({ lab, powerOf: async ({ id }) => Promise.resolve(id === 'aio-3' ? dead : undefined), leases: [], waiters: [], resources: [], health: [] }, 500);
    expect(status.subjects.filter(({ power: seen }) => seen !== undefined).map(({ power: seen, powerProblem }) => [seen, powerProblem])).to.deep.equal([
      ['unknown', 'the lab file names no power'],
      ['unknown', 'IPMI 10.78.0.2 does not answer'],
      ['unknown', 'the lab file names no power'],
    ]);
  });

  it('shows who has what, who waits for whom, what is dirty and which part is broken', async () => {
    const lab = await loadLab(join(projectRoot, 'fixtures/lab/bench.yaml'));
    const lease = { id: 'l1', class: 'night' as const, holder: 'night-1', purpose: 'cell 3', takenAt: 0, endsAt: 5, resources: [{ name: 'machine/aio-3', token: 1, dirty: false }] };
    const waiters = [{ id: 'w', class: 'person' as const, holder: 'anna', purpose: 'a look', since: 1, resources: ['machine/aio-3'] }];
    const part = { subject: 'strip strip-1', health: 'quarantined' as const, since: 7, why: 'two failed together', cleanNeeded: 1, changes: [] };
    const status = await labStatus({ lab, powerOf: async () => Promise.resolve(undefined), leases: [lease], waiters, resources: [{ name: 'machine/laptop-7', token: 3, dirty: true }], health: [part] }, 1000);
    const of = (id: string): unknown => status.subjects.find(({ resource }) => resource === id);
    expect(of('machine/aio-3')).to.deep.include({ lease: { id: 'l1', class: 'night', holder: 'night-1', purpose: 'cell 3', endsAt: 5 }, waiting: [{ class: 'person', holder: 'anna', purpose: 'a look', since: 1 }] });
    expect(of('machine/laptop-7')).to.include({ dirty: true, power: 'unknown' });
    expect(status.parts).to.deep.equal([{ subject: 'strip strip-1', since: 7, why: 'two failed together' }]);
  });
});
