import { expect } from 'chai';
import { hostileStrings } from '../testing/fake-evidence.ts';
import { fileLink, html, visibleText } from './html.ts';

describe('html', () => {
  for (const hostile of hostileStrings) {
    it(`keeps ${JSON.stringify(hostile)} text`, () => {
      const { text } = html`<p title="${hostile}">${[hostile, html`<b>${hostile}</b>`]}</p>`;
      expect(text.replace(/^<p title="[^"<>]*">[^<>"]*<b>[^<>"]*<\/b><\/p>$/, '')).to.equal('');
    });
  }

  it('leaves out what is not there and joins arrays', () => {
    expect(html`a${undefined}${false}${null}${0}${['b', html`<i>`, 1]}`.text).to.equal('a0b<i>1');
  });

  it('shows characters that hide or reorder text, and drops terminal colours', () => {
    expect(visibleText('\u001b[1;31mred\u001b[0m\u202egnp.exe\u0000\u200b\r\nnext\tline')).to.equal('red\\u202egnp.exe\\u0000\\u200b\nnext\tline');
  });
});

describe('fileLink', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['cells/0001/console.log', './cells/0001/console.log'],
    ['a b/#?%"<.log', './a%20b/%23%3F%25%22%3C.log'],
    ['javascript:alert(1)', './javascript%3Aalert(1)'],
    ['../secret', undefined],
    ['a/../../secret', undefined],
    ['/etc/passwd', undefined],
    ['//host/x', undefined],
    ['', undefined],
    ['a\\..\\b', undefined],
  ];
  for (const [path, link] of table) it(`${path || 'nothing'} -> ${link ?? 'no link'}`, () => expect(fileLink(path)).to.equal(link));
});
