import { expect } from 'chai';
import type { Lease } from './lease.ts';
import { endingSoon, nextWarning } from './lease-warnings.ts';

const minute = 60_000;
const lease = (id: string, endsAt: number, process?: Lease['process']): Lease => ({ id, class: 'person', holder: 'anna', purpose: '', takenAt: 0, endsAt, resources: [], ...(process ? { process } : {}) });

describe('warnings that a reservation ends', () => {
  it('names those that end within a quarter of an hour, the first first, and no run of a program', () => {
    const all = [lease('c', 16 * minute), lease('b', 15 * minute), lease('a', minute), lease('run', minute, { pid: 1, started: '', boot: '', host: '' })];
    expect(endingSoon(all, 0).map(({ id }) => id)).to.deep.equal(['a', 'b']);
  });
  it('come 15, 5 and 1 minutes before', () => {
    const at: (number | undefined)[] = [];
    for (let now: number | undefined = 0; now !== undefined; now = nextWarning(lease('a', 60 * minute), now)) at.push(now / minute);
    expect(at).to.deep.equal([0, 45, 55, 59]);
    expect(nextWarning(lease('a', 60 * minute), 59 * minute)).to.equal(undefined);
  });
});
