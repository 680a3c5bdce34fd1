import { expect } from 'chai';
import { mergePatch } from './merge-patch.ts';

describe('mergePatch', () => {
  const cases: readonly [unknown, unknown, unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [['a'], { b: 1 }, { b: 1 }],
    [{ a: 1 }, ['x'], ['x']],
    [{}, { a: { b: { c: null } } }, { a: { b: {} } }],
  ];
  for (const [target, patch, expected] of cases) {
    it(`${JSON.stringify(target)} + ${JSON.stringify(patch)}`, () => {
      const before = JSON.stringify(target);
      expect(mergePatch(target, patch)).to.deep.equal(expected);
      expect(JSON.stringify(target)).to.equal(before);
    });
  }

  it('takes __proto__ as a plain name and changes no prototype', () => {
    mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(({} as { polluted?: boolean }).polluted).to.equal(undefined);
  });
});
