import { expect } from 'chai';
import { freshnessOf, oneStepDown, type Freshness, type FreshnessFacts } from './freshness.ts';
import { newerPointReleases } from './newer-point-releases.ts';

const now = new Date('2026-11-22T12:00:00Z');
const fresh: FreshnessFacts = {
  testedAt: '2026-11-21T12:00:00Z',
  now,
  kernel: { tested: '6.1.0-30-amd64', current: '6.1.0-44-amd64' },
  packages: { tested: { cups: '2.4.2' }, current: { cups: '2.4.2', sane: '1' } },
  newerPointReleases: 0,
  requiredUntested: false,
  retired: false,
};

describe('freshnessOf', () => {
  const table: readonly (readonly [string, Partial<FreshnessFacts>, Freshness])[] = [
    ['all the same', {}, 'fresh'],
    ['90 days', { testedAt: '2026-08-24T12:00:00Z' }, 'fresh'],
    ['91 days', { testedAt: '2026-08-23T12:00:00Z' }, 'ageing'],
    ['365 days', { testedAt: '2025-11-22T12:00:00Z' }, 'ageing'],
    ['366 days', { testedAt: '2025-11-21T12:00:00Z' }, 'stale'],
    ['a newer point release', { newerPointReleases: 1 }, 'ageing'],
    ['two newer point releases', { newerPointReleases: 2 }, 'stale'],
    ['another kernel series', { kernel: { tested: '6.1.0', current: '6.12.1' } }, 'stale'],
    ['an unknown kernel', { kernel: { tested: undefined, current: '6.12.1' } }, 'fresh'],
    ['another version of a package', { packages: { tested: { cups: '2.4.2' }, current: { cups: '2.4.3' } } }, 'stale'],
    ['a package that is not known now', { packages: { tested: { cups: '2.4.2' }, current: {} } }, 'fresh'],
    ['a required test without a run', { requiredUntested: true }, 'incomplete'],
    ['incomplete before ageing', { requiredUntested: true, newerPointReleases: 1 }, 'incomplete'],
    ['stale before incomplete', { requiredUntested: true, newerPointReleases: 2 }, 'stale'],
    ['retired before all', { retired: true, newerPointReleases: 2 }, 'retired'],
  ];
  for (const [what, change, freshness] of table) it(`${what}: ${freshness}`, () => expect(freshnessOf({ ...fresh, ...change })).to.equal(freshness));

  it('goes one step down at a time and ends at not tested', () => {
    for (let headline of Object.keys(oneStepDown) as (keyof typeof oneStepDown)[]) {
      for (let steps = 0; steps < 4; steps += 1) headline = oneStepDown[headline];
      expect(headline).to.equal('not-tested');
    }
  });
});

describe('newerPointReleases', () => {
  const debian = (id: string, version: string, releasedAt: string) => ({ id, line: 'debian', version, releasedAt });
  const images = [debian('a', '12.4', '2026-01-01'), debian('b', '12.5', '2026-02-01'), debian('c', '12.10', '2026-03-01'), debian('d', '13.0', '2026-04-01'), debian('e', '12.11', '2027-01-01')];
  it('counts later versions of the same major version that are out', () => {
    expect(images.map((image) => newerPointReleases(image, images, now))).to.deep.equal([2, 1, 0, 0, 0]);
  });
  it('counts none for an image without a line', () => {
    expect(newerPointReleases({ id: 'x', version: '12.0' }, images, now)).to.equal(0);
  });
});
