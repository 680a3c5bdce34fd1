import { expect } from 'chai';
import { HwlabError, type Blame } from '../base/hwlab-error.ts';
import { classifyOutcome, SkipTest } from './classify-outcome.ts';

function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('classifyOutcome', () => {
  it('an assertion is the product’s failure with both sides', () => {
    const { outcome, failure } = classifyOutcome(thrownBy(() => expect({ a: 1 }).to.deep.equal({ a: 2 })));
    expect(outcome).to.equal('FAIL');
    expect(failure).to.include({ code: 'assertion-failed', blame: 'product', expected: '{"a":2}', actual: '{"a":1}' });
  });

  const blames: readonly [Blame, string][] = [
    ['product', 'FAIL'],
    ['lab', 'MISS'],
    ['harness', 'MISS'],
    ['usage', 'ERROR'],
  ];
  for (const [blame, outcome] of blames) {
    it(`an error of ours with blame ${blame} is ${outcome}`, () => {
      expect(classifyOutcome(new HwlabError({ code: 'c', blame, message: 'm' })).outcome).to.equal(outcome);
    });
  }

  it('a skip carries its reason', () => {
    expect(classifyOutcome(new SkipTest('needs a pen'))).to.deep.equal({ outcome: 'SKIP', skipReason: 'needs a pen' });
  });

  it('anything else is the test’s own error, and names no folder of this machine', () => {
    const { outcome, failure } = classifyOutcome(new TypeError('x is not a function'));
    expect(outcome).to.equal('ERROR');
    expect(failure?.message).to.equal('TypeError: x is not a function');
    expect(failure?.stack).to.not.include(new URL('../../', import.meta.url).pathname);
    expect(classifyOutcome('text').outcome).to.equal('ERROR');
  });

  it('bounds a huge message', () => {
    expect(classifyOutcome(new Error('x'.repeat(1e6))).failure?.message.length).to.be.at.most(8000);
  });
});
