import { expect } from 'chai';
import { queued } from './measure-server.ts';

describe('queued', () => {
  it('is the cost alone while the core keeps up, and waits behind one that is slow', () => {
    expect(queued([1, 2, 1], 5)).to.deep.equal([1, 2, 1]);
    expect(queued([12, 1, 1, 1], 5)).to.deep.equal([12, 8, 4, 1]);
  });
});
