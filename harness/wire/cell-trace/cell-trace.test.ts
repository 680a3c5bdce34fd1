import { expect } from 'chai';
import { parseTraceLine } from './cell-trace.ts';

describe('parseTraceLine', () => {
  it('reads what its kind has and nothing else', () => {
    expect(parseTraceLine('{"t":1.5,"kind":"command-end","n":3,"code":1,"err":"no","more":{"x":1}}')).to.deep.equal({ t: 1.5, kind: 'command-end', n: 3, code: 1, err: 'no' });
  });

  for (const [what, line] of [
    ['cut off', '{"t":1,"kind":"wait","n":1,"wh'],
    ['no object', '[1,2]'],
    ['of an unknown kind', '{"t":1,"kind":"later"}'],
    ['of a kind that every object has', '{"t":1,"kind":"constructor"}'],
    ['without a time', '{"kind":"measured","name":"a","value":1}'],
    ['with a time that is none', '{"t":1e999,"kind":"measured","name":"a","value":1}'],
    ['with a time that no clock has', '{"t":1e300,"kind":"measured","name":"a","value":1}'],
    ['without what its kind has', '{"t":1,"kind":"wait","n":1}'],
    ['with another type', '{"t":1,"kind":"wait","n":1,"what":{"x":1}}'],
  ] as const) {
    it(`gives nothing for a line ${what}`, () => {
      expect(parseTraceLine(line)).to.equal(undefined);
    });
  }
});
