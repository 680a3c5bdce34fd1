import { expect } from 'chai';
import type { HwlabError } from '../../../base/hwlab-error.ts';
import { readList } from '../read-list.ts';
import { makeZip, workbookParts, type TestSheet, type ZipPart } from '../testing/make-zip.ts';

const simple: TestSheet = { name: 'Список', rows: [['Наименование', 'Кол-во'], ['Uno R3', 15]] };

async function lines(sheets: readonly TestSheet[], change?: Readonly<Record<string, string | ZipPart>>): Promise<readonly string[]> {
  const { lines: read, skipped, sheetsLeftOut } = await readList(makeZip(workbookParts(sheets, change)));
  return [
    ...read.map(({ sheet, row, text, quantity }) => `${sheet}!${row}: ${text} | ${quantity.value ?? quantity.text}`),
    ...skipped.map(({ sheet, row, reason }) => `${sheet}!${row} ${reason}`),
    ...sheetsLeftOut.map(({ sheet, reason }) => `${sheet} ${reason}`),
  ];
}

describe('readList of a workbook', () => {
  it('reads several sheets, each with its own columns, and leaves hidden ones out with a word', async () => {
    const other: TestSheet = { name: 'Lot 2', rows: [['Qty', 'Model', 'Vendor'], [3, 'ECOSYS M2040dn', 'Kyocera'], [2.5, 'EV3', null]] };
    expect(await lines([simple, other, { ...simple, name: 'old', state: 'veryHidden' }, { name: 'empty', rows: [] }])).to.deep.equal([
      'Список!2: Uno R3 | 15',
      'Lot 2!2: Kyocera · ECOSYS M2040dn | 3',
      'Lot 2!3: EV3 | 2.5',
      'old hidden',
      'empty no-lines',
    ]);
  });

  it('reads merged cells: titles, sections, one name over several quantities, requirements below a name', async () => {
    const rows = [
      ['Спецификация поставки', null, null, null],
      [null, null, null, null],
      ['№', 'Товар', 'Характеристика', 'Количество'],
      ['Принтеры', null, null, null],
      [1, 'HP LaserJet 1320', 'формат A4', 4],
      [null, null, 'двусторонняя печать', null],
      [2, 'Uno R3', 'школа № 1', 5],
      [null, null, 'школа № 2', 3],
      [null, 'Всего', null, 12],
    ];
    expect(await lines([{ name: 'A', rows, merged: ['A1:D1', 'A4:D4', 'A5:A6', 'B5:B6', 'D5:D6', 'A7:A8', 'B7:B8'] }])).to.deep.equal([
      'A!5: HP LaserJet 1320 | 4',
      'A!7: Uno R3 | 5',
      'A!8: Uno R3 | 3',
      'A!1 before-header',
      'A!4 section',
      'A!6 continued',
      'A!9 total',
    ]);
  });

  it('reads a header of two rows, and takes terms and signatures below the total for what they are', async () => {
    const rows = [
      ['№ п/п', 'Наименование товара, марка, модель', 'Количество', null],
      [null, null, 'план', 'резерв'],
      [1, 'Uno R3', 15, 2],
      [null, 'ИТОГО:', 15, 2],
      [null, 'Срок поставки: до 25.12.2026', null, null],
      [null, 'Директор', null, null],
      [2, 'HP LaserJet 1320', 3, null],
    ];
    expect(await lines([{ name: 'A', rows, merged: ['A1:A2', 'B1:B2', 'C1:D1'] }])).to.deep.equal(['A!3: Uno R3 | 15', 'A!7: HP LaserJet 1320 | 3', 'A!2 header-again', 'A!4 total', 'A!5 after-total', 'A!6 after-total']);
  });

  it('reads shared, rich and escaped texts, numbers as people see them, formulas by their saved value', async () => {
    const sst = '<sst><si><t>Наименование</t></si><si><r><t>Kyocera </t></r><r><t xml:space="preserve">M2040dn_x000D_</t></r><rPh><t>nonsense</t></rPh></si></sst>';
    const xml = `<x:worksheet xmlns:x="m"><x:sheetData>
      <x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>Артикул</x:t></x:is></x:c><x:c t="str"><x:f>A1</x:f><x:v>Кол-во</x:v></x:c></x:row>
      <x:row><x:c t="s"><x:v>1</x:v></x:c><x:c><x:v>4.607012345678E12</x:v></x:c><x:c><x:f>7+8</x:f><x:v>15.000000000000002</x:v></x:c></x:row>
      <x:row><x:c t="e"><x:v>#REF!</x:v></x:c><x:c t="s"><x:v>99</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
    const { lines: [line] } = await readList(makeZip(workbookParts([{ name: 'A', xml }], { 'xl/sharedStrings.xml': sst })));
    expect(line).to.deep.include({ row: 2, text: 'Kyocera M2040dn · 4607012345678', quantity: { text: '15', value: 15 } });
  });

  it('takes a workbook whose parts are stored, in another place, with a byte order mark', async () => {
    const parts = workbookParts([simple]);
    const moved = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { content: `\ufeff${String(part)}`, stored: true }]));
    expect((await readList(makeZip(moved))).lines).to.have.length(1);
  });

  it('never asks what is outside of it', async () => {
    const rels = '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="http://127.0.0.1:9/sheet.xml" TargetMode="External"/></Relationships>';
    expect(await outcome(workbookParts([simple], { 'xl/_rels/workbook.xml.rels': rels }))).to.match(/^list-empty/);
  });

  const bomb = (megabytes: number): Uint8Array => new Uint8Array(megabytes * 1024 * 1024).fill(0x20);
  const sheet = 'xl/worksheets/sheet1.xml';
  const hostile: readonly (readonly [string, () => Parameters<typeof makeZip>[0], RegExp])[] = [
    ['a zip bomb', () => workbookParts([simple], { [sheet]: { content: bomb(64) } }), /list-hostile.*unpacks to \d+ times its size/],
    ['a zip bomb that says it is small', () => workbookParts([simple], { [sheet]: { content: bomb(64), says: { size: 1000 } } }), /list-hostile.*not as long as it says/],
    ['a part that says it is bigger than it is', () => workbookParts([simple], { [sheet]: { content: '<a/>', says: { size: 5000 } } }), /list-hostile.*not as long as it says/],
    ['a bomb of many middling parts', () => ({ ...workbookParts(Array.from({ length: 8 }, (_unused, index) => ({ name: `s${index}`, xml: '' }))), ...Object.fromEntries(Array.from({ length: 8 }, (_unused, index) => [`xl/worksheets/sheet${index + 1}.xml`, { content: `<worksheet>${' '.repeat(4 * 1024 * 1024 - 100)}</worksheet>` }])) }), /list-hostile.*unpack to more than/],
    ['parts that together say they are endless', () => workbookParts([simple], Object.fromEntries(Array.from({ length: 140 }, (_unused, index) => [`xl/media/${index}.png`, { content: 'x', says: { size: 4 * 1024 * 1024 } }]))), /list-hostile.*more than 512 MB/],
    ['too many parts', () => workbookParts([simple], Object.fromEntries(Array.from({ length: 2001 }, (_unused, index) => [`xl/media/${index}`, '']))), /list-hostile.*200\d parts/],
    ['a name that leads out with ..', () => workbookParts([simple], { '../../etc/passwd': 'x' }), /list-hostile.*leads out/],
    ['an absolute name', () => workbookParts([simple], { '/etc/passwd': 'x' }), /list-hostile.*leads out/],
    ['a name with backslashes', () => workbookParts([simple], { 'xl\\..\\..\\x': 'x' }), /list-hostile.*leads out/],
    ['a relation that leads out', () => workbookParts([simple], { 'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="../../etc/passwd"/></Relationships>' }), /list-hostile.*leads out/],
    ['two parts with one name', () => [...Object.entries(workbookParts([simple])), [sheet, '<worksheet/>']], /list-hostile.*two parts/],
    ['an external entity', () => workbookParts([{ name: 'A', xml: '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&x;</t></is></c></row></sheetData></worksheet>' }]), /list-hostile.*document type/],
    ['entities that multiply', () => workbookParts([simple], { 'xl/sharedStrings.xml': '<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>' }), /list-hostile.*document type/],
    ['an entity that nobody defined', () => workbookParts([simple], { 'xl/sharedStrings.xml': '<sst><si><t>&b;</t></si></sst>' }), /list-not-readable.*sharedStrings/],
    ['XML of great depth', () => workbookParts([{ name: 'A', xml: `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}` }]), /list-hostile.*64 elements inside/],
    ['XML that is cut off', () => workbookParts([{ name: 'A', xml: '<worksheet><sheetData>' }]), /list-not-readable.*damaged/],
    ['text that is not UTF-8', () => workbookParts([simple], { [sheet]: { content: Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0xc0) } }), /list-not-readable.*not utf-8/],
    ['a wrong checksum', () => workbookParts([simple], { [sheet]: { content: '<a/>', says: { crc: 7 } } }), /list-not-readable.*checksum/],
    ['a password', () => workbookParts([simple], { [sheet]: { content: '<a/>', says: { encrypted: true } } }), /list-not-readable.*password/],
    ['merged areas over one another', () => workbookParts([{ name: 'A', rows: Array.from({ length: 2000 }, () => ['Uno R3']), merged: Array.from({ length: 1000 }, (_unused, index) => `A${index + 1}:A1048576`) }]), /list-hostile.*over one another/],
    ['too many rows', () => workbookParts([{ name: 'A', rows: Array.from({ length: 10_001 }, () => ['Uno R3']) }]), /list-too-big.*10000 rows/],
    ['a cell in the last column', () => workbookParts([{ name: 'A', xml: '<worksheet><sheetData><row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>' }]), /list-too-big.*column 16384/],
    ['too many sheets', () => workbookParts(Array.from({ length: 65 }, (_unused, index) => ({ ...simple, name: String(index) }))), /list-too-big.*64 sheets/],
    ['a Word document', () => ({ '_rels/.rels': '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="word/document.xml"/></Relationships>', 'word/document.xml': '<document/>' }), /list-not-readable.*Word/],
    ['an OpenDocument text', () => ({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<x/>' }), /list-not-readable.*OpenDocument/],
    ['an archive', () => ({ 'a.txt': 'x' }), /list-not-readable.*archive without a workbook/],
  ];
  for (const [name, parts, message] of hostile) {
    it(`refuses ${name}`, async () => expect(await outcome(parts())).to.match(message));
  }

  it('refuses a file that is cut off anywhere, and never ends otherwise', async () => {
    const whole = makeZip(workbookParts([simple]));
    for (let length = 4; length < whole.length; length += 97) expect(await refusedCode(whole.subarray(0, length)), String(length)).to.match(/^list-(not-readable|hostile)/);
  });

  it('survives any single byte that is wrong', async () => {
    const whole = makeZip(workbookParts([simple]));
    for (let at = 4; at < whole.length; at += 13) {
      const wrong = Uint8Array.from(whole);
      wrong[at] = (wrong[at] ?? 0) ^ 0xff;
      expect(await refusedCode(wrong), String(at)).to.match(/^(read|list-)/);
    }
  });

  async function outcome(parts: Parameters<typeof makeZip>[0]): Promise<string> {
    return await refusedCode(makeZip(parts));
  }

  async function refusedCode(bytes: Uint8Array): Promise<string> {
    return await readList(bytes).then(
      () => 'read',
      (error: HwlabError) => `${error.code}: ${error.message}`,
    );
  }
});
