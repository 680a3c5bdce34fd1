import { expect } from 'chai';
import { BoundedCache } from './bounded-cache.ts';

describe('BoundedCache', () => {
  it('makes a value once while it is kept, and forgets what was asked for longest ago', () => {
    const made: string[] = [];
    const cache = new BoundedCache<string>(2);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) expect(cache.get(key, () => (made.push(key), key.toUpperCase()))).to.equal(key.toUpperCase());
    expect(made).to.deep.equal(['a', 'b', 'c', 'b']);
  });
});
