import { expect } from 'chai';
import { withoutMeasures } from './measures.ts';

describe('withoutMeasures', () => {
  const table: readonly (readonly [string, string])[] = [
    ['m2040dn, 40 стр/мин', 'm2040dn, 40"'],
    ['40 стр. в мин', '40"'],
    ['panel 65 дюймов', 'panel 65"'],
    ['panel 65"', 'panel 65"'],
    ['datatraveler 32gb', 'datatraveler 32"'],
    ['datatraveler 32 гб', 'datatraveler 32"'],
    ['1200x1200 dpi', 'dpi'],
    ['1920 × 1080', ''],
    ['usb 2.0, 802.11n, ieee 1284', ', ,'],
    ['2 шт', '2"'],
    ['формат а4', 'формат a4"'],
    ['касаний: 20 касаний', 'касаний: 20"'],
    // Models that look like measures.
    ['deskjet 1600cm', 'deskjet 1600cm'],
    ['hp m28w', 'hp m28w'],
    ['p1102w', 'p1102w'],
    ['stylus c84', 'stylus c84'],
    ['hl-2140', 'hl-2140'],
    ['mg3600', 'mg3600'],
    ['a4tech', 'a4tech'],
  ];
  for (const [text, expected] of table) it(`"${text}"`, () => expect(withoutMeasures(text).replace(/ +/g, ' ').trim()).to.equal(expected));
});
