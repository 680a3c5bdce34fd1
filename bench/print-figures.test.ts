import { expect } from 'chai';
import { median } from './median.ts';
import { formatFigures, reached, type Figure } from './print-figures.ts';

describe('bench figures', () => {
  const figure: Figure = { what: 'boot', ours: 30, theirs: 20, unit: 's', against: 'plain QEMU' };

  it('a goal is reached at its limit and missed beyond it', () => {
    expect(reached({ ...figure, goal: { atMost: 1.5 } })).to.equal(true);
    expect(reached({ ...figure, goal: { atMost: 1.49 } })).to.equal(false);
    expect(reached({ ...figure, goal: { atLeast: 1.5 } })).to.equal(true);
    expect(reached({ ...figure, goal: { atLeast: 1.51 } })).to.equal(false);
  });

  it('says what is compared with what, and that a goal was missed', () => {
    expect(formatFigures([{ ...figure, goal: { atMost: 1.05 } }])).to.match(/boot +30.0 s +20.0 s {2}plain QEMU +1.500 +<= 1.05 +NOT reached/);
    expect(formatFigures([figure])).to.not.contain('reached');
  });

  it('takes the middle', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    expect(median([])).to.be.NaN;
  });
});
