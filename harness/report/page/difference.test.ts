import { expect } from 'chai';
import { difference } from './difference.ts';

describe('difference', () => {
  const table: readonly (readonly [string, string, readonly [string, string, string, string]])[] = [
    ['same', 'same', ['same', '', '', '']],
    ['one-sided', 'two-sided', ['', 'one', 'two', '-sided']],
    ['ab', 'a', ['a', 'b', '', '']],
    ['aa', 'aaa', ['aa', '', 'a', '']],
    ['', 'x', ['', '', 'x', '']],
    ['a😀b', 'a😁b', ['a', '😀', '😁', 'b']],
  ];
  for (const [expected, actual, [before, left, right, after]] of table) {
    it(`${JSON.stringify(expected)} and ${JSON.stringify(actual)}`, () => expect(difference(expected, actual)).to.deep.equal({ before, expected: left, actual: right, after }));
  }
});
