import { expect } from 'chai';
import { foldText, longestAsked } from './fold-text.ts';

describe('foldText', () => {
  const table: readonly (readonly [what: string, text: string, expected: string])[] = [
    ['case and spaces', '  Kyocera   ECOSYS\tM2040dn\n', 'kyocera ecosys m2040dn'],
    ['full width letters', 'ＨＰ ＬａｓｅｒＪｅｔ １３２０', 'hp laserjet 1320'],
    ['marks of trade', 'EPSON® WorkForce™ ET-2826©', 'epson workforce et-2826'],
    ['number sign', '№ 12', '12'],
    ['dashes of all kinds', 'HL–2140 HL—2140 HL‑2140 HL−2140', 'hl-2140 hl-2140 hl-2140 hl-2140'],
    ['inch marks', '65″ 65” 65„ 65\'\'', '65" 65" 65" 65"'],
    ['apostrophes', 'Fry’s Fry`s', "fry's fry's"],
    ['soft hyphen and zero width', 'Laser\u00adJet\u200b 13\u206020\ufeff', 'laserjet 1320'],
    ['text that turns the line round', '\u202eHP\u202c 1320', 'hp 1320'],
    ['accents of Latin letters', 'Océ Impressão', 'oce impressao'],
    ['ё', 'Чёрный Ёж', 'черный еж'],
    ['й stays', 'й', 'й'],
    ['no-break and other spaces', 'HP\u00a0LaserJet\u2009\u30001320', 'hp laserjet 1320'],
    ['control characters', 'HP\u0000\u0007\u001b[31m1320', 'hp [31m1320'],
    ['ligatures and Roman numbers', 'oﬃce Ⅲ', 'office iii'],
    ['nothing', '', ''],
    ['only invisible characters', '\u200b\u200d\u2060', ''],
    ['a lone surrogate', 'HP \ud800 1320', 'hp \ud800 1320'],
  ];
  for (const [what, text, expected] of table) it(what, () => expect(foldText(text)).to.equal(expected));

  it('is the same when done twice', () => {
    for (const [, text] of table) expect(foldText(foldText(text))).to.equal(foldText(text));
  });

  it('looks at no more than its limit, also where folding makes text longer', () => {
    expect(foldText('x'.repeat(100_000))).to.have.length(longestAsked);
    expect(foldText('\ufdfa'.repeat(1000)).length).to.be.at.most(longestAsked);
  });
});
