import { expect } from 'chai';
import { HwlabError } from '../../../base/hwlab-error.ts';
import { readList } from '../read-list.ts';
import { refusalText } from '../refuse-list.ts';
import { makeZip } from '../testing/make-zip.ts';

const type = 'application/vnd.oasis.opendocument.spreadsheet';

function workbook(tables: string, more: Readonly<Record<string, string>> = {}, styles = ''): Uint8Array {
  return makeZip({ mimetype: type, 'content.xml': `<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:spreadsheet>${tables}</office:spreadsheet></office:body></office:document-content>`, ...more });
}

const cell = (text: string, attributes = ''): string => `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`;
const row = (...cells: readonly string[]): string => `<table:table-row>${cells.join('')}</table:table-row>`;
const head = row(cell('№'), cell('Наименование'), cell('Кол-во'));

async function refused(bytes: Uint8Array): Promise<HwlabError> {
  const error: unknown = await readList(bytes).then(() => undefined, (failure: unknown) => failure);
  if (!(error instanceof HwlabError)) throw new Error('it was not refused');
  return error;
}

describe('an OpenDocument spreadsheet', () => {
  it('is read: rows, quantities, spaces, line breaks; a million empty rows cost nothing', async () => {
    const { format, lines } = await readList(workbook(`<table:table table:name="Лист1">${head}${row(cell('1'), cell('Kyocera<text:s/>M2040dn'), cell('5 шт.'))}<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>${row(cell('2'), cell('HP LaserJet<text:line-break/>1320'), cell('2', 'office:value-type="float" office:value="2" table:formula="of:=1+1"'))}</table:table>`));
    expect(format).to.equal('ods');
    expect(lines.map(({ text, quantity, row: at }) => [text, quantity.value, at])).to.deep.equal([['Kyocera M2040dn', 5, 2], ['HP LaserJet 1320', 2, 1_048_573]]);
  });

  it('says which sheets are hidden, and leaves comments out', async () => {
    const styles = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>';
    const { lines, sheetsLeftOut } = await readList(workbook(`<table:table table:name="Список">${head}${row(cell('1'), '<table:table-cell><office:annotation><text:p>комментарий</text:p></office:annotation><text:p>Canon LBP2900</text:p></table:table-cell>', cell('1'))}</table:table><table:table table:name="Тайный" table:style-name="ta2">${head}${row(cell('1'), cell('Secret'), cell('1'))}</table:table>`, {}, styles));
    expect(lines.map(({ text }) => text)).to.deep.equal(['Canon LBP2900']);
    expect(sheetsLeftOut).to.deep.equal([{ sheet: 'Тайный', reason: 'hidden' }]);
  });

  it('gives merged cells to each row that they cover', async () => {
    const { lines } = await readList(workbook(`<table:table table:name="a">${row(cell('Производитель'), cell('Модель'), cell('Кол-во'))}${row(cell('Kyocera', 'table:number-rows-spanned="2"'), cell('M2040dn'), cell('1'))}${row('<table:covered-table-cell/>', cell('M2540dn'), cell('2'))}</table:table>`));
    expect(lines.map(({ text }) => text)).to.deep.equal(['Kyocera · M2040dn', 'Kyocera · M2540dn']);
  });

  it('is refused in Russian and English: a password, an entity, rows without end, a text document', async () => {
    const encrypted = await refused(workbook('', { 'META-INF/manifest.xml': '<manifest:manifest xmlns:manifest="m"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>' }));
    expect(refusalText(encrypted, 'ru')).to.equal('Книга защищена паролем. Откройте его в программе для таблиц и сохраните как .xlsx или .csv, без пароля.');
    expect(refusalText(encrypted, 'en')).to.match(/^The workbook has a password\. Open it/);
    expect((await refused(makeZip({ mimetype: type, 'content.xml': '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>' }))).code).to.equal('list-hostile');
    expect((await refused(workbook(`<table:table table:name="a"><table:table-row table:number-rows-repeated="900000000">${cell('HP 1320')}</table:table-row></table:table>`))).code).to.equal('list-too-big');
    expect((await refused(workbook(`<table:table table:name="a"><table:table-row>${cell('HP', 'table:number-columns-repeated="100000"')}</table:table-row></table:table>`))).code).to.equal('list-too-big');
    expect(refusalText(await refused(makeZip({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<x/>' })), 'ru')).to.match(/OpenDocument, а не таблица/);
  });
});
