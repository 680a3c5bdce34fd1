import { expect } from 'chai';
import { oneLine } from './one-line.ts';

describe('oneLine', () => {
  it('leaves nothing that a terminal obeys, and one line', () => {
    expect(oneLine('\x1b]0;title\x07 a\r\n\tb \u009b2J \u202egnp.exe ')).to.equal(']0;title a b 2J gnp.exe');
  });

  it('keeps letters of all languages, and cuts at the length', () => {
    expect(oneLine('Кириллица 日本', 9)).to.equal('Кириллица');
    expect(oneLine('')).to.equal('');
  });
});
