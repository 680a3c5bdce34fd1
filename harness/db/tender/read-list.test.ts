import { expect } from 'chai';
import type { HwlabError } from '../../base/hwlab-error.ts';
import { readList, type ReadList } from './read-list.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** windows-1251 of text in Russian and ASCII. */
function windows1251(text: string): Uint8Array {
  return Uint8Array.from([...text].map((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    if (code < 0x80) return code;
    if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
    return letter === '№' ? 0xb9 : 0x3f;
  }));
}

function utf16(text: string, big: boolean, mark: boolean): Uint8Array {
  const little = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  return big ? Uint8Array.from(little.swap16()) : Uint8Array.from(little);
}

function summary({ lines, skipped }: ReadList): readonly string[] {
  return [
    ...lines.map(({ row, text, quantity }) => `${row}: ${text} | ${quantity.value ?? quantity.text}`),
    ...skipped.map(({ row, reason }) => `${row} ${reason}`),
  ];
}

async function refused(content: Uint8Array): Promise<string> {
  return await readList(content).then(
    () => 'read',
    (error: HwlabError) => `${error.code} (${error.blame}): ${error.message}`,
  );
}

const tender = `Приложение 1 к документации;;;
;;;
№ п/п;Наименование товара;Ед. изм.;Кол-во
1;2;3;4
Раздел 1. Печать;;;
1.;"МФУ ""Kyocera""
ECOSYS M2040dn";шт.;15 шт.
2.;НР LaserJet 1320;шт;1 000
№ п/п;Наименование товара;Ед. изм.;Кол-во
3.;Uno R3;шт;три
;Итого;;1018
`;
const read = ['6: МФУ "Kyocera" ECOSYS M2040dn | 15', '8: НР LaserJet 1320 | 1000', '10: Uno R3 | три', '1 before-header', '4 column-numbers', '5 section', '9 header-again', '11 total'];

describe('readList of text', () => {
  const encodings: readonly (readonly [string, Uint8Array, string])[] = [
    ['UTF-8', bytes(tender), 'utf-8'],
    ['UTF-8 with a byte order mark and CR LF', bytes(`\ufeff${tender.replaceAll('\n', '\r\n')}`), 'utf-8'],
    ['UTF-16 little endian', utf16(tender, false, true), 'utf-16le'],
    ['UTF-16 big endian', utf16(tender, true, true), 'utf-16be'],
    ['UTF-16 without a mark', utf16(tender, false, false), 'utf-16le'],
    ['windows-1251', windows1251(tender), 'windows-1251'],
  ];
  for (const [name, content, encoding] of encodings) {
    it(`reads the same lines of ${name}`, async () => {
      const list = await readList(content);
      expect(summary(list)).to.deep.equal(read);
      expect(list.encoding).to.equal(encoding);
    });
  }

  for (const separator of [',', ';', '\t', '|']) {
    it(`finds out that the separator is ${JSON.stringify(separator)}`, async () => {
      const text = ['Name,Qty,Price', '"Laser, small",2,10', 'Board; blue,3,5', 'Nano|V3,1,7'].map((line) => (separator === ',' ? line : line.replaceAll('"Laser, small"', 'Laser').replace('Board; blue', 'Board').replace('Nano|V3', 'Nano').replaceAll(',', separator))).join('\n');
      expect((await readList(bytes(text))).lines.map(({ quantity }) => quantity.value)).to.deep.equal([2, 3, 1]);
    });
  }

  it('believes a line sep=', async () => {
    expect((await readList(bytes('sep=|\nName|Qty\na;b;c|2\n'))).lines).to.deep.include({ sheet: '', row: 3, text: 'a;b;c', asks: ['a;b;c'], quantity: { text: '2', value: 2 } });
  });

  it('takes columns in any order, and builds what to ask from vendor, model, article and USB id', async () => {
    const list = await readList(bytes('Qty,USB ID,Manufacturer,Part number,Model,Description\n4,0482:069d,Kyocera,1102S33NL0,ECOSYS M2040dn,laser MFP\n'));
    expect(list.lines[0]?.asks).to.deep.equal(['0482:069d', 'Kyocera 1102S33NL0', '1102S33NL0', 'Kyocera ECOSYS M2040dn', 'Kyocera laser MFP']);
    expect(list.lines[0]?.quantity.value).to.equal(4);
  });

  it('reads a list without a header, with quantities in a column or in the name', async () => {
    expect(summary(await readList(bytes('1;Kyocera M2040dn;15\n2;HP LaserJet 1320;3 шт.\n3;Uno R3;7\n')))).to.deep.equal(['1: Kyocera M2040dn | 15', '2: HP LaserJet 1320 | 3', '3: Uno R3 | 7']);
    expect(summary(await readList(bytes('Kyocera M2040dn - 15 шт.\nUno R3 (3 pcs)\nHP LaserJet 1320\n')))).to.deep.equal(['1: Kyocera M2040dn | 15', '2: Uno R3 | 3', '3: HP LaserJet 1320 | ']);
  });

  const no: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['nothing', new Uint8Array(), /^list-empty \(usage\): the file is empty/],
    ['a header only', bytes('Name,Qty\n'), /^list-empty/],
    ['an old workbook', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1, 2), /^list-not-readable.*old \.xls/],
    ['a PDF', bytes('%PDF-1.7 ...'), /PDF/],
    ['a web page called .xls', bytes('<html><table></table></html>'), /web page/],
    ['binary rubbish', Uint8Array.from({ length: 999 }, (_unused, index) => (index * 7919) % 251), /list-not-readable.*zero bytes/],
    ['100 MB', new Uint8Array(100 * 1024 * 1024), /^list-too-big \(usage\): the file has 100 MB, at most 20 MB/],
    ['too many rows', bytes('x\n'.repeat(10_001)), /^list-too-big.*10000 rows/],
    ['too many columns', bytes(`${'x,'.repeat(300)}\n`), /^list-too-big.*columns/],
  ];
  for (const [name, content, message] of no) {
    it(`refuses ${name} and says why`, async () => expect(await refused(content)).to.match(message));
  }

  it('shows control and invisible characters as spaces or not at all, and cuts endless cells', async () => {
    const list = await readList(bytes(`Name,Qty\n"A\u0007B\u202e\u200bC",1\n${'x'.repeat(10_000)},2\n`));
    expect(list.lines.map(({ text }) => text.length)).to.deep.equal([4, 1000]);
    expect(list.lines[0]?.text).to.equal('A BC');
  });

  it('takes no longer for texts that make searches go back and forth', async function () {
    this.timeout(20_000);
    for (const hostile of ['-', '(', '1 ', 'x ', ' -x', '((1', ',1 шт']) {
      const cell = hostile.repeat(Math.floor(4000 / hostile.length));
      await readList(bytes(`Name,Qty\n${`"${cell}",\n"x","${cell}"\n`.repeat(100)}`));
    }
  });
});
