import { expect } from 'chai';
import type { FactClaim } from '../generated/imported-fact.ts';
import { expectationOf } from './expectation.ts';

const all: readonly FactClaim['says'][] = ['works', 'limited', 'broken', 'untested', 'seen', 'owned', 'quirk'];
const good = new Set<FactClaim['says']>(['works', 'limited']);

describe('expectationOf', () => {
  it('is nothing without claims', () => expect(expectationOf([])).to.equal('not-tested'));

  for (const one of all) {
    for (const other of all) {
      const hasGood = good.has(one) || good.has(other);
      const hasBad = one === 'broken' || other === 'broken';
      const expected = hasGood && !hasBad ? 'expected-to-work' : hasBad && !hasGood ? 'expected-not-to-work' : 'not-tested';
      it(`${one} and ${other}: ${expected}`, () => expect(expectationOf([{ says: one, evidence: 'E1' }, { says: other, evidence: 'E1' }])).to.equal(expected));
    }
    it(`an unreviewed probe that says ${one} gives nothing`, () => expect(expectationOf([{ says: one, evidence: 'E3' }])).to.equal('not-tested'));
    it(`${one} never says more than expected`, () => expect(['expected-to-work', 'expected-not-to-work', 'not-tested']).to.include(expectationOf([{ says: one, evidence: 'E1' }])));
  }
});
