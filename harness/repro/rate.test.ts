import { expect } from 'chai';
import { rateOf, rateText } from './rate.ts';

describe('rateOf', () => {
  it("gives Wilson's interval: the values that tables give", () => {
    const half = rateOf(5, 10);
    expect(half.low).to.be.closeTo(0.2366, 0.0005);
    expect(half.high).to.be.closeTo(0.7634, 0.0005);
    expect(rateOf(0, 10).high).to.be.closeTo(0.2775, 0.0005);
    expect(rateOf(10, 10).low).to.be.closeTo(0.7225, 0.0005);
  });
  it('never leaves 0 to 1, and says nothing sure of one trial', () => {
    for (const [hits, of] of [[0, 1], [1, 1], [0, 1000], [1000, 1000]] as const) {
      const { low, high } = rateOf(hits, of);
      expect(low).to.be.at.least(0);
      expect(high).to.be.at.most(1);
      expect(high - low).to.be.above(0);
    }
    expect(rateText(rateOf(1, 1))).to.equal('1 of 1, 100 % (21 to 100 %)');
  });
});
