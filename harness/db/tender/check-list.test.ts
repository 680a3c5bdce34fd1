import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { decide } from '../identity/decide.ts';
import type { Match } from '../identity/match-devices.ts';
import type { Headline } from '../verdicts/headline.ts';
import { checkList, type ListCheck, type ListedImage, type ListOracle } from './check-list.ts';
import type { ListLine } from './list-lines.ts';
import { listTexts, standingMarks, standings, standingText } from './list-texts.ts';
import { readList, type ReadList } from './read-list.ts';
import type { ListedFacts } from '../lookup/public-lists.ts';
import { writeListCsv } from './write-csv.ts';
import { standingColours, writeListXlsx } from './xlsx/write-xlsx.ts';

const now = new Date('2026-11-22T12:00:00Z');

/** Headlines by device and image; what is asked is `device confidence, device confidence`. */
const known: Readonly<Record<string, readonly Headline[]>> = { good: ['works', 'works'], bad: ['does-not-work', 'works'], new: ['not-tested', 'certified'], listed: [] };

const claims: ListedFacts = { expectation: 'expected-to-work', level: 'E1', claims: [{ source: 'SANE', date: '2025-03-01', licence: 'GPL', at: 'x:1', evidence: 'E1', says: 'works' }] };

const oracle: ListOracle = {
  listed: (id) => (id === 'listed' ? { schema: 'hwlab/listed-model/1', id, vendor: 'ACME', name: id, fullName: 'ACME listed', aliases: [], usb: [], classes: [], listedBy: ['sane-desc'], path: 'p/listed', ...claims } : undefined),
  lists: (id) => (id === 'new' ? claims : undefined),
  decide: (asked) => {
    const all = asked.split(', ').flatMap((part): Match[] => {
      const [device = '', confidence = '1'] = part.split(' ');
      return device in known ? [{ device, confidence: Number(confidence), kind: 'exact', because: ['name-equal'] }] : [];
    });
    return { decision: decide(all), all };
  },
  name: (id) => `ACME ${id}`,
  answer: (id) => ({ device: { id, fullName: `ACME ${id}`, path: `d/${id}` }, images: (known[id] ?? []).map((headline, index) => image(id, `os-${index + 1}`, headline)) }),
};

function image(device: string, name: string, headline: Headline): ListedImage {
  const text = { headline, sentence: `${device} ${headline} on ${name}.`, reasons: ['1 of 1 passed', 'and so on'], limits: [], needs: device === 'good' ? ['a plugin'] : [] };
  return { image: name, imageName: name.toUpperCase(), headline, level: 'E4', lastTestedAt: '2026-11-20T00:00:00Z', valid: headline === 'works' ? { date: '2027-11-20' } : null, path: `d/${device}/${name}`, reasons: [{ code: 'tests' }, { code: 'other' }], text: { en: text, ru: text } };
}

function line(row: number, ...asks: readonly string[]): ListLine {
  return { sheet: '', row, text: asks[0] ?? '', asks, quantity: { text: '2 шт', value: 2 } };
}

function check(...asks: readonly (readonly string[])[]): ListCheck {
  return checkList({ lines: asks.map((each, index) => line(index + 2, ...each)) }, oracle, ['os-1', 'os-2']);
}

describe('checkList', () => {
  const table: readonly (readonly [string, readonly string[], string])[] = [
    ['one product that works', ['good'], 'works'],
    ['the worst of its images', ['bad'], 'does-not-work'],
    ['an image on which nothing is known', ['new'], 'not-tested'],
    ['one of two that are as likely', ['good 0.9, bad 0.88'], 'several-models'],
    ['only something alike', ['good 0.4'], 'only-alike'],
    ['nothing known', ['a table'], 'not-known'],
    ['a name that says more than the article', ['nothing', 'good'], 'works'],
    ['an id of one product and the name of another', ['bad', 'good'], 'several-models'],
    ['an id of several, of which the name is one', ['good 0.95, bad 0.95', 'good'], 'works'],
  ];
  for (const [name, asks, standing] of table) it(`${name}: ${standing}`, () => expect(check(asks).lines[0]?.standing).to.equal(standing));

  it('keeps a model that only public lists know apart: never good, in words of the lists, with its own link', () => {
    const checked = check(['listed'], ['new']);
    expect(checked.lines.map(({ standing }) => standing)).to.deep.equal(['public-lists', 'not-tested']);
    expect(checked.allGood).to.equal(false);
    const [, row = '', own = ''] = writeListCsv(checked, { language: 'ru' }).split('\r\n');
    expect(row).to.include('≡').and.include('p/listed').and.match(/не проверяли.*должно работать/).and.match(/SANE, 1 марта 2025 г\.: работает/);
    expect(own).to.match(/Что говорят открытые списки/);
  });

  it('is good only when all lines are', () => {
    expect(check(['good'], ['good']).allGood).to.equal(true);
    expect(check(['good'], ['new']).allGood).to.equal(false);
    expect(check(['good'], ['a table']).allGood).to.equal(false);
  });

  it('counts, keeps the order, and lists other candidates', () => {
    const { counts, lines } = check(['good'], ['bad 0.9, good 0.87, new 0.5'], ['good']);
    expect(counts).to.deep.equal({ works: 2, 'several-models': 1 });
    expect(lines.map(({ line: { row } }) => row)).to.deep.equal([2, 3, 4]);
    expect(lines[1]?.match.others.map(({ name, confidence }) => `${name} ${confidence}`)).to.deep.equal(['ACME bad 0.9', 'ACME good 0.87', 'ACME new 0.5']);
  });

  it('asks the same only once', () => {
    let asked = 0;
    checkList({ lines: Array.from({ length: 50 }, (_unused, index) => line(index, 'good')) }, { ...oracle, decide: (text) => ((asked += 1), oracle.decide(text)) }, ['os-1']);
    expect(asked).to.equal(1);
  });
});

describe('the checked list as a file', () => {
  const read: ReadList = { format: 'csv', encoding: 'utf-8', lines: [], skipped: [{ sheet: 'A', row: 9, text: 'Итого', reason: 'total' }], sheetsLeftOut: [{ sheet: '=evil()', reason: 'hidden' }] };
  const evil = { ...line(7, 'a table'), text: '=cmd|" /C calc"!A0', sheet: '@x', quantity: { text: '-1+1', value: undefined } };
  const checked = (): ListCheck => ({ ...checkList({ lines: [line(2, 'good'), line(3, 'bad'), line(4, 'good 0.4'), evil] }, oracle, ['os-1', 'os-2']) });

  for (const language of ['ru', 'en'] as const) {
    it(`CSV (${language}) is read back by a parser, one row a line, and runs nothing`, () => {
      const text = writeListCsv(checked(), { language });
      const rows = parse(text, { bom: true, delimiter: language === 'ru' ? ';' : ',' }) as unknown as string[][];
      expect(rows).to.have.length(5);
      expect(rows[1]).to.include('ACME good').and.to.include('d/good');
      expect(rows.flat().filter((cell) => /^\s*[=+\-@\t]/.test(cell))).to.deep.equal([]);
      expect(rows[4]).to.include(`'=cmd|" /C calc"!A0`).and.to.include("'-1+1");
    });

    it(`XLSX (${language}) is read back as a list with the same lines`, async () => {
      const bytes = await writeListXlsx(read, checked(), { language, source: '=evil.csv', now, base: 'http://hwlab.example/&"<' });
      const again = await readList(bytes);
      expect(again.lines.map(({ text, quantity }) => `${text} ${quantity.text}`)).to.deep.equal(['good 2', 'bad 2', 'good 0.4 2', `'=cmd|" /C calc"!A0 '-1+1`]);
    });
  }

  it('says each image by its name where they differ, and once where they do not', () => {
    const rows = parse(writeListCsv(checked(), { language: 'en' }), { bom: true, columns: true }) as unknown as Readonly<Record<string, string>>[];
    expect(rows[1]?.['Answer']).to.equal('Does not work\nOS-1: does-not-work\nOS-2: works');
    expect(rows[0]?.['Needs']).to.equal('OS-1, OS-2: a plugin');
    expect(rows[0]?.['Valid until']).to.equal('OS-1, OS-2: 2027-11-20');
    expect(rows[0]?.['Why']).to.equal('OS-1: good works on os-1.\nand so on\nOS-2: good works on os-2.\nand so on');
  });

  it('has a word, a meaning, a mark and a colour of its own for every standing, in both languages', () => {
    expect(new Set(standings).size).to.equal(Object.keys(standingMarks).length);
    expect(new Set(Object.values(standingMarks)).size).to.equal(standings.length);
    expect(new Set(Object.values(standingColours).map(({ backgroundColor }) => backgroundColor)).size).to.equal(standings.length);
    for (const language of ['ru', 'en'] as const) {
      expect(new Set(standings.map((standing) => standingText(standing, language))).size).to.equal(standings.length);
      expect(new Set(standings.map((standing) => listTexts[language].meaning[standing])).size).to.equal(standings.length);
    }
  });

  it('keeps "Not tested" and "Does not work" far apart also without colours', () => {
    const lightness = (colour = '#000000'): number => Number.parseInt(colour.slice(1, 3), 16) * 0.299 + Number.parseInt(colour.slice(3, 5), 16) * 0.587 + Number.parseInt(colour.slice(5), 16) * 0.114;
    expect(lightness(standingColours['not-tested'].backgroundColor) - lightness(standingColours['does-not-work'].backgroundColor)).to.be.greaterThan(100);
    expect(Math.abs(standings.indexOf('not-tested') - standings.indexOf('does-not-work'))).to.be.greaterThan(1);
  });
});
