import { expect } from 'chai';
import { loadCatalogue } from './catalogue.ts';
import { expandPlan } from './plan.ts';
import { loadPlan } from './plan-file.ts';

describe('plan personalities', () => {
  it('runs every quirk of fixtures/personalities; one that is not here needs a model in suites/plans/personalities.yaml that it fits', async () => {
    const catalogue = await loadCatalogue(['debian-12']);
    const { plan } = await loadPlan('personalities', catalogue.plans);
    const cells = expandPlan(plan, catalogue);
    const ran = new Set(cells.flatMap((cell) => cell.id.personalities ?? []));
    expect(new Set(cells.map((cell) => cell.stopAfterFailures))).to.deep.equal(new Set([2]));
    expect([...catalogue.personalities.keys()].filter((id) => !ran.has(id))).to.deep.equal([]);
    expect(ran.size).to.be.at.least(40);
  });
});
