import { expect } from 'chai';
import type { Requirement } from './headline.ts';
import { requirementOf } from './requirement-of.ts';

const levels: readonly (Requirement | undefined)[] = ['required', 'recommended', 'optional', 'trial', undefined];

describe('requirementOf', () => {
  for (const inProfile of levels) {
    for (const declared of levels) {
      const expected = inProfile ?? declared ?? 'trial';
      it(`profile ${inProfile ?? 'silent'}, test ${declared ?? 'silent'}: ${expected}`, () => {
        const profile = { features: { other: 'required' as const, ...(inProfile === undefined ? {} : { 'printing.raw': inProfile }) } };
        expect(requirementOf('printing.raw', profile, declared)).to.equal(expected);
        if (inProfile === undefined) expect(requirementOf('printing.raw', undefined, declared)).to.equal(expected);
      });
    }
  }
});
