import { expect } from 'chai';
import { lastLines, visibleText } from './visible-text.ts';

describe('console text', () => {
  it('drops terminal sequences and shows other control characters', () => {
    expect(visibleText(Buffer.from('\u001b[0;32m[  OK  ]\u001b[0m Started\r\nbell\u0007\u0000\ttab\u001b]0;title\u0007'))).to.equal('[  OK  ] Started\nbell\\x07\\x00\ttab');
  });

  it('survives bytes that are no UTF-8, and an escape that never ends', () => {
    expect(visibleText(Buffer.from([0x61, 0xff, 0x62]))).to.equal('a\ufffdb');
    expect(visibleText(Buffer.from(`\u001b]${'x'.repeat(1000)}`))).to.contain('\\x1b]xxx');
  });

  it('gives the last lines', () => {
    expect(lastLines('a\nb\nc\n\n', 2)).to.equal('b\nc');
    expect(lastLines('a', 5)).to.equal('a');
  });
});
