import { expect } from 'chai';
import { seededBytes } from './seeded-bytes.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('seededBytes', () => {
  it('gives the same bytes again for the same seed and test, in the same order', () => {
    const [one, again] = [seededBytes(7, 'a'), seededBytes(7, 'a')];
    expect([10, 0, 1_000_000].map((length) => hex(one(length)))).to.deep.equal([10, 0, 1_000_000].map((length) => hex(again(length))));
  });

  it('gives other bytes for another call, test or seed', () => {
    const bytes = seededBytes(7, 'a');
    const all = [bytes(32), bytes(32), seededBytes(7, 'b')(32), seededBytes(8, 'a')(32)].map(hex);
    expect(new Set(all).size).to.equal(4);
    expect(all[0]).to.have.length(64);
  });
});
