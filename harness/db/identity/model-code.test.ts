import { expect } from 'chai';
import { compareCodes, modelCode, strengthOf, type CodeAgreement } from './model-code.ts';

describe('model codes', () => {
  const parts: readonly (readonly [string, readonly [string, string, string]])[] = [
    ['m2040dn', ['m', '2040', 'dn']], ['1320', ['', '1320', '']], ['wfc5290', ['wfc', '5290', '']], ['c11cb00301', ['c', '11', 'cb00301']], ['9000f', ['', '9000', 'f']],
  ];
  for (const [text, [prefix, digits, suffix]] of parts) it(`takes ${text} apart`, () => expect(modelCode(text)).to.include({ prefix, digits, suffix }));

  const table: readonly (readonly [string, string, CodeAgreement])[] = [
    ['m2040dn', 'm2040dn', 'equal'],
    ['1102', 'p1102', 'prefix-left-out'],
    ['c5290', 'wfc5290', 'prefix-left-out'],
    ['p1102', 'p1102w', 'variant'],
    ['p1102w', 'p1102', 'variant'],
    ['m2040dn', 'm2040dw', 'variant'],
    ['1102', 'p1102w', 'variant'],
    ['m2040dn', 'p2040dn', 'other-prefix'],
    ['m2040dn', 'p2040dw', 'different'],
    ['m2040dn', 'm2540dn', 'near-number'],
    ['m2040dn', 'm2135dn', 'different'],
    ['p1102', 'm1102', 'other-prefix'],
    ['1320', '1230', 'different'],
    ['1320', '132', 'different'],
    ['1320', '13200', 'different'],
    ['c11cb00301', 'c11ca12345', 'different'],
    ['4', '5', 'different'],
    ['10', '11', 'different'],
  ];
  for (const [left, right, expected] of table) {
    it(`${left} and ${right}: ${expected}`, () => {
      expect(compareCodes(modelCode(left), modelCode(right))).to.equal(expected);
      expect(compareCodes(modelCode(right), modelCode(left))).to.equal(expected);
    });
  }

  it('knows the round number of a series, only where a series is named', () => {
    expect(compareCodes(modelCode('mf4150'), modelCode('mf4100'), true)).to.equal('in-series');
    expect(compareCodes(modelCode('mf4157'), modelCode('mf4150'), true)).to.equal('in-series');
    expect(compareCodes(modelCode('mf4150'), modelCode('mf4100'), false)).to.equal('near-number');
    expect(compareCodes(modelCode('mf4150'), modelCode('mf3100'), true)).to.equal('different');
  });

  const strengths: readonly (readonly [string, string])[] = [['m2040dn', 'strong'], ['1320', 'strong'], ['mf210', 'strong'], ['210', 'medium'], ['s45', 'medium'], ['45', 'weak'], ['r3', 'weak'], ['4', 'weak']];
  for (const [text, expected] of strengths) it(`${text} is ${expected}`, () => expect(strengthOf(modelCode(text))).to.equal(expected));
});
