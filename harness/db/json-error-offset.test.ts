import { expect } from 'chai';
import { jsonErrorOffset } from './json-error-offset.ts';

describe('jsonErrorOffset', () => {
  const table: readonly (readonly [string, number])[] = [
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a"', 4],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1}', 2],
    ['{"a":1]', 6],
    ['[1 2]', 3],
    ['{"a": oops}', 6],
    ["{'a': 1}", 1],
    ['[1] x', 4],
    ['[1] []', 4],
    ['"a\nb"', 0],
    ['["\\x"]', 1],
    ['[01]', 2],
    ['[1.]', 2],
    [',', 0],
    ['{"a":{"b":[true,nul]}}', 16],
  ];
  for (const [text, offset] of table) {
    it(`finds the error of ${JSON.stringify(text)}`, () => expect(jsonErrorOffset(text)).to.equal(offset));
  }

  it('reaches the end of any JSON text', () => {
    const text = ' {"a": [1, -2.5e+3, {}, [], "x\\u00e9\\"", null], "b": {"c": false}} ';
    JSON.parse(text);
    expect(jsonErrorOffset(text)).to.equal(text.length);
  });
});
