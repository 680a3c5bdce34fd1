import { expect } from 'chai';
import { nameData } from './name-data.ts';
import { signatureOf, type Vocabulary } from './name-signature.ts';

const words = new Set(['ecosys', 'versalink', 'taskalfa']);
const vocabulary: Vocabulary = { vendorOf: (squash) => (squash === 'flatfrog' ? 'flatfrog' : undefined), isWord: (word) => words.has(word), wordsSounding: (skeleton) => (skeleton === 'vrslnk' ? ['versalink'] : []) };

function shown(name: string): string {
  const { vendors, words: own, codes } = signatureOf(name, nameData(), vocabulary);
  return `${vendors.join('+')} | ${own.join(' ')} | ${codes.map((code) => (code.soft ? `(${code.text})` : code.text)).join(' ')}`;
}

describe('signatureOf', () => {
  const table: readonly (readonly [string, string])[] = [
    ['Kyocera ECOSYS M2040dn', 'kyocera | ecosys | m2040dn'],
    ['KYOCERA-MITA ECOSYS M-2040 dn', 'kyocera | ecosys | m2040dn'],
    ['ecosys m 2040dn', ' | ecosys | m2040dn'],
    ['Куосера М2040dn', 'kyocera |  | m2040dn'],
    ['Киосера Экосис М2040ДН', 'kyocera | ecosys | m2040dn'],
    ['НР LaserJet Р1102', 'hp | laserjet | p1102'],
    ['HP LJ1320', 'hp | laserjet | 1320'],
    ['HP4470C', 'hp |  | 4470c'],
    ['Хьюлетт-Паккард ЛазерДжет 1320', 'hp | laserjet | 1320'],
    ['Hewlett Packard hp LaserJet 1320 series', 'hp | laserjet | 1320'],
    ['Ерson ЕТ-2826', 'epson |  | et2826'],
    ['Саnon i-SENSYS MF3010', 'canon | isensys | mf3010'],
    ['Кэнон и-сенсис MF3010', 'canon | isensys | mf3010'],
    ['Brother HL 2140', 'brother |  | hl2140'],
    ['Brother HL-L2300DR', 'brother |  | hll2300dr'],
    ['Epson WF C5290', 'epson |  | wfc5290'],
    ['Epson WorkForce Pro WF-C5290DW', 'epson | workforce pro | wfc5290dw'],
    ['Canon CanoScan LiDE 210', 'canon | canoscan lide | 210'],
    ['Canon CanoScan LiDE210', 'canon | canoscan lide | 210'],
    ['HP LaserJet 4+', 'hp | laserjet plus | 4'],
    ['HP LaserJet M28-M31', 'hp | laserjet | m28 m31'],
    ['P11О2', ' |  | p1102'],
    ['Ксерокс Версалинк C405', 'xerox | versalink | c405'],
    ['Fuji Xerox DocuPrint 255', 'fujixerox | docuprint | 255'],
    ['FlatFrog Multitouch', 'flatfrog |  | '],
    ['МФУKyocera M2040dn', 'kyocera |  | m2040dn'],
    ['Panel 65"', ' |  | (65)'],
    ['МФУ лазерное M2040dn (А4, 40 стр/мин)', ' |  | m2040dn (40) (a4)'],
    ['Ф+ имэджинг P40dn', 'fplus |  | p40dn'],
    ['F+ imaging P40dn', 'fplus |  | p40dn'],
    ['', ' |  | '],
    ['!!! ??? ---', ' |  | '],
  ];
  for (const [name, expected] of table) it(`"${name}"`, () => expect(shown(name)).to.equal(expected));

  it('says how foreign letters were read', () => {
    expect(signatureOf('НР М2040', nameData(), vocabulary).read).to.deep.equal(['look-alike:нр|hp', 'look-alike:м2040|m2040']);
    expect(signatureOf('Версалинк', nameData(), vocabulary).read).to.deep.equal(['sounds-like:версалинк|versalink'.replace('sounds-like', 'transcribed')]);
  });

  it('stays small for hostile names', () => {
    for (const name of ['a1'.repeat(50_000), '1 '.repeat(50_000), 'м'.repeat(50_000), '-'.repeat(50_000), '+"'.repeat(50_000), 'a+'.repeat(50_000)]) {
      const { words: own, codes, squash } = signatureOf(name, nameData(), vocabulary);
      expect(own.length + codes.length).to.be.at.most(600);
      expect(squash.length).to.be.at.most(600);
    }
  });
});
