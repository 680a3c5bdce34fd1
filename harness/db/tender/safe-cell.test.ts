import { expect } from 'chai';
import { safeCell } from './safe-cell.ts';

describe('safeCell', () => {
  const table: readonly (readonly [string, string])[] = [
    ['=HYPERLINK("http://x","y")', `'=HYPERLINK("http://x","y")`],
    ['+1+cmd|\' /C calc\'!A0', `'+1+cmd|' /C calc'!A0`],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "' =1"],
    ['\r=1', "'\n=1"],
    ['  =1', "'  =1"],
    ['\u200b=1', "'=1"],
    ['\ufeff=1', "'=1"],
    ['＝1', "'＝1"],
    ["'=1", "''=1"],
    ['|calc', "'|calc"],
    ['%0A=1', "'%0A=1"],
    ['A=1', 'A=1'],
    ['МФУ - 5 шт.', 'МФУ - 5 шт.'],
    ['two\r\nlines', 'two\nlines'],
    ['bell\u0007 escape\u001b[31m nul\0', 'bell  escape [31m nul '],
    ['right\u202eleft', 'rightleft'],
    ['half \ud800 pair', 'half \ufffd pair'],
    ['', ''],
  ];
  for (const [text, safe] of table) it(`makes ${JSON.stringify(text)} harmless`, () => expect(safeCell(text)).to.equal(safe));

  it('leaves nothing that begins as a formula, whatever it is given', () => {
    for (const lead of ['', ' ', '\t', '\r', '\n', '\u00a0', '\u200e', '\u0000', "'"]) {
      for (const start of ['=', '+', '-', '@', '＝', '＋', '－', '＠']) expect(safeCell(`${lead}${start}x`)).to.match(/^'/);
    }
  });
});
