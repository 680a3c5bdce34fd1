import { expect } from 'chai';
import type { Device } from '../generated/device.ts';
import { decide } from './decide.ts';
import { explainReason, reasonCodes } from './explain-reason.ts';
import { identifyIn } from './identify.ts';
import { buildIdentityCatalogue, matchDevices, type Match } from './match-devices.ts';

function device(id: string, vendor: string, name: string, more: Partial<Device> = {}): Device {
  return { id, vendor, name, aliases: [], classes: ['printer'], usb: [], ...more };
}

const usb = (id: string, shared?: string): Device['usb'][number] => ({ vendorId: `0x${id.slice(0, 4)}`, productId: `0x${id.slice(5)}`, ...(shared === undefined ? {} : { shared }) });

const devices = [
  device('m2040dn', 'Kyocera', 'ECOSYS M2040dn', { usb: [usb('0482:069d')], articles: ['1102S33NL0'], ieee1284: [{ manufacturer: 'Kyocera', model: 'ECOSYS M2040dn' }] }),
  device('m2540dn', 'Kyocera', 'ECOSYS M2540dn', { usb: [usb('0482:069e')] }),
  device('lj-1320', 'HP', 'LaserJet 1320', { usb: [usb('03f0:1d17')], ieee1284: [{ manufacturer: 'Hewlett-Packard', model: 'hp LaserJet 1320 series' }] }),
  device('lj-1320n', 'HP', 'LaserJet 1320n', { ieee1284: [{ manufacturer: 'Hewlett-Packard', model: 'hp LaserJet 1320 series' }] }),
  device('acme-1320', 'ACME', 'Wonder 1320'),
  device('p1102', 'HP', 'LaserJet Professional P1102', { aliases: ['LaserJet P1102'], usb: [usb('03f0:002a')] }),
  device('p1102w', 'HP', 'LaserJet Professional P1102w', { aliases: ['LaserJet P1102w'], usb: [usb('03f0:032a')] }),
  device('et-2826', 'Epson', 'EcoTank ET-2826'),
  device('mf3010', 'Canon', 'i-SENSYS MF3010'),
  device('lide-210', 'Canon', 'CanoScan LiDE 210', { classes: ['scanner'] }),
  device('nano-clone', 'Arduino-compatible', 'Nano (CH340)', { usb: [usb('1a86:7523', 'the chip')] }),
  device('mbot', 'Makeblock', 'mBot', { usb: [usb('1a86:7523', 'the chip')] }),
  device('cp210x', 'Espressif', 'ESP32-DevKitC V4', { usb: [usb('10c4:ea60', 'the chip')] }),
  device('spike', 'LEGO Education', 'SPIKE Prime', { classes: ['robotics'] }),
  device('uno-r3', 'Arduino', 'Uno R3', { aliases: ['Arduino Uno'], articles: ['A000066'] }),
  device('uno-srl', 'Arduino Srl', 'Uno'),
  device('microbit', 'BBC', 'micro:bit V2', { aliases: ['micro:bit'] }),
  device('ricoh-c2003', 'Ricoh', 'MP C2003'),
  device('lanier-c2003', 'Lanier', 'MP C2003', { rebrandOf: 'ricoh-c2003' }),
  device('hl-2140', 'Brother', 'HL-2140'),
  device('panel', 'FlatFrog', 'multi-touch (25b5:0002)', { aliases: ['FlatFrog Multitouch'], usb: [usb('25b5:0002')] }),
  device('frame', 'Huitoo', 'touch frame (03f7:0003)'),
];

const catalogue = buildIdentityCatalogue(devices);

/** The decision and the first of its devices; of related ones as many as are asked for, of several all. */
function answer(asked: string, most: number): string {
  const decision = decide(matchDevices(asked, catalogue));
  if (decision.kind === 'none') return 'none';
  const matches = decision.kind === 'one' ? [decision.match] : decision.matches;
  return `${decision.kind} ${matches.slice(0, decision.kind === 'related' ? most : 12).map(({ device: id }) => id).join(' ')}`;
}

describe('matchDevices', () => {
  const table: readonly (readonly [string, string])[] = [
    // By its name in Latin, Cyrillic, and both.
    ['Kyocera ECOSYS M2040dn', 'one m2040dn'],
    ['m2040DN', 'one m2040dn'],
    ['Kyocera M-2040 dn', 'one m2040dn'],
    ['Куосера M2040dn', 'one m2040dn'],
    ['Киосера ЭКОСИС М2040дн', 'one m2040dn'],
    ['Куоcера ЕСОSYS М2040dn', 'one m2040dn'],
    ['НР LaserJet 1320', 'one lj-1320'],
    ['Хьюлетт-Паккард ЛазерДжет 1320', 'one lj-1320'],
    ['ХП лазерджет 1320', 'one lj-1320'],
    ['HP LJ 1320', 'one lj-1320'],
    ['Эпсон ET-2826', 'one et-2826'],
    ['Саnon МF3010', 'one mf3010'],
    ['Кэнон MF 3010', 'one mf3010'],
    ['Бразер HL2140', 'one hl-2140'],
    ['Ардуино Уно', 'one uno-r3'],
    ['микро:бит', 'one microbit'],
    // A maker whose name goes on behind that of another one.
    ['Arduino-compatible Nano (CH340)', 'one nano-clone'],
    ['LEGO Education SPIKE Prime', 'one spike'],
    ['Конструктор LEGO SPIKE Prime', 'one spike'],
    ['ЛЕГО Эдьюкейшн SPIKE Prime', 'one spike'],
    ['Canon LiDE210', 'one lide-210'],
    // In the words of tenders.
    ['МФУ лазерное Kyocera ECOSYS M2040dn (А4, 40 стр/мин, дуплекс, 1200x1200 dpi) или эквивалент - 5 шт.', 'one m2040dn'],
    ['1. Принтер лазерный HP LaserJet 1320, ч/б, формат А4', 'one lj-1320'],
    ['Сканер планшетный Canon CanoScan LiDE 210 или аналог', 'one lide-210'],
    ['Картридж для HP LaserJet 1320', 'related lj-1320'],
    // Digits decide; letters behind them make another model.
    ['Kyocera M2540dn', 'one m2540dn'],
    ['Kyocera M2640dn', 'related m2040dn m2540dn'],
    ['HP P1102w', 'one p1102w'],
    ['HP LaserJet P1102', 'one p1102'],
    ['HP LaserJet P1102x', 'related p1102 p1102w'],
    ['Kyocera M2040', 'related m2040dn'],
    ['Kyocera P2040dn', 'related m2040dn'],
    ['HP 1102', 'related p1102'],
    // Never one of several.
    ['1320', 'several acme-1320 lj-1320'],
    ['MP C2003', 'several lanier-c2003 ricoh-c2003'],
    ['Ricoh MP C2003', 'one ricoh-c2003'],
    ['Gestetner MP C2003', 'several lanier-c2003 ricoh-c2003'],
    // Other makers and other series.
    ['Xerox 1320', 'none'],
    ['HP DeskJet 1320', 'related lj-1320 lj-1320n'],
    ['Canon CanoScan 1320', 'none'],
    // By ids.
    ['0482:069d', 'one m2040dn'],
    ['Bus 001 Device 004: ID 0482:069d Kyocera Corp. wrong name', 'one m2040dn'],
    ['1a86:7523', 'several mbot nano-clone'],
    ['10c4:ea60', 'related cp210x'],
    ['ffff:ffff', 'none'],
    ['Bus 001 Device 004: ID ffff:0001 Kyocera ECOSYS M2040dn', 'related m2040dn'],
    ['MFG:Kyocera;MDL:ECOSYS M2040dn;CMD:PCLXL;', 'one m2040dn'],
    ['MFG:Hewlett-Packard;MDL:hp LaserJet 1320 series;', 'several lj-1320 lj-1320n'],
    ['ty=Kyocera ECOSYS M2040dn', 'one m2040dn'],
    ['A000066', 'one uno-r3'],
    ['Арт. 1102S33NL0', 'one m2040dn'],
    ['25b5:0002', 'one panel'],
    ['p1102w', 'one p1102w'],
    // Nothing to go by.
    ['', 'none'],
    ['???', 'none'],
    ['Принтер лазерный А4', 'none'],
    ['touch frame', 'related frame'],
    ['HP', 'none'],
    ['Стул ученический регулируемый', 'none'],
    ['Мышь компьютерная', 'none'],
  ];
  for (const [asked, expected] of table) it(`"${asked}": ${expected}`, () => expect(answer(asked, expected.split(' ').length - 1)).to.equal(expected));

  it('gives confidences from 0 to 1, best first, each device once, at most twelve', () => {
    const many = buildIdentityCatalogue(Array.from({ length: 200 }, (_unused, index) => device(`d${index}`, 'HP', `LaserJet 1320 ${String.fromCharCode(97 + (index % 26)).repeat(3)}${index}`)));
    for (const matches of [...table.map(([asked]) => matchDevices(asked, catalogue)), matchDevices('HP LaserJet 1320', many)]) {
      expect(matches.length).to.be.at.most(12);
      expect(new Set(matches.map((match) => match.device)).size).to.equal(matches.length);
      expect(matches.map((match) => match.confidence)).to.deep.equal(matches.map((match) => match.confidence).sort((left, right) => right - left));
      for (const { confidence } of matches) expect(confidence).to.be.within(0, 1);
    }
  });

  it('gives the same answer whatever the order of the catalogue', () => {
    const entries = devices.map((_device, index) => catalogue.entry(index));
    const turned = buildIdentityCatalogue([], entries.toReversed());
    const ids = (matches: readonly Match[]): unknown => matches.map(({ device: id, confidence, kind }) => [id, confidence, kind]);
    for (const [asked] of table) expect(ids(matchDevices(asked, turned)), asked).to.deep.equal(ids(matchDevices(asked, catalogue)));
  });

  it('explains every reason in both languages', () => {
    const seen = new Set<string>();
    for (const [asked] of table) {
      for (const match of matchDevices(asked, catalogue)) {
        expect(match.because, asked).to.not.deep.equal([]);
        for (const reason of match.because) {
          seen.add(reason.split(':')[0] ?? '');
          expect(explainReason(reason, 'en'), reason).to.not.equal(reason);
          expect(explainReason(reason, 'ru'), reason).to.match(/[а-я]/);
        }
      }
    }
    expect(seen.size).to.be.above(15);
    for (const code of reasonCodes) expect(explainReason(`${code}:a|b`, 'ru'), code).to.not.equal(`${code}:a|b`);
    expect(explainReason('no-such-code:x', 'ru')).to.equal('no-such-code:x');
  });

  it('does not take the name of a series for the one model of a list that has no number', () => {
    const listed = (id: string, name: string) => ({ id, vendor: 'HP', name, aliases: [], usb: [], ieee1284: [], articles: [], importedFrom: ['foomatic'] });
    const lists = buildIdentityCatalogue([], [listed('hp-laserjet', 'LaserJet'), listed('hp-laserjet-4', 'LaserJet 4'), listed('hp-laserjet-1200', 'LaserJet 1200'), listed('hp-color', 'Color LaserJet')]);
    for (const text of ['LaserJet', 'Принтер HP LaserJet']) {
      expect(decide(matchDevices(text, lists)).kind, text).to.equal('related');
      expect(matchDevices(text, lists).find((match) => match.device === 'hp-laserjet')?.because, text).to.include('series-name:2');
    }
    expect(decide(matchDevices('HP Color LaserJet', lists)).kind, 'a name that no number follows').to.equal('one');
    const own = buildIdentityCatalogue([device('uno', 'Arduino', 'Uno')], [listed('uno-r2', 'Uno R2'), listed('uno-r3', 'Uno R3')]);
    expect(decide(matchDevices('Arduino Uno', own)).kind, 'a name that a person gave a device of ours').to.equal('one');
  });

  it('takes hostile text in bounded time, without an error', () => {
    const hostile = ['x'.repeat(1_000_000), 'a1 '.repeat(200_000), 'м1'.repeat(200_000), '\u0000'.repeat(10_000), '\ud800', '<script>alert(1)</script>', "'; DROP TABLE devices; --", '=cmd|calc!A1', '../../etc/passwd', '0482:'.repeat(100_000), 'MFG:;MDL:;', `${'1320/'.repeat(50_000)}`, '__proto__', 'constructor', 'toString 1320', '\ufdfa'.repeat(10_000)];
    for (const text of hostile) {
      const { decision, asked } = identifyIn(catalogue, text);
      expect(decision).to.be.oneOf(['one', 'several', 'related', 'none']);
      expect(asked.length).to.be.at.most(600);
    }
  });

  it('takes hostile names in the catalogue', () => {
    const names = ['__proto__', 'x'.repeat(10_000), '', '\u202e1320', '<b>1320</b>', '1320 '.repeat(5000)];
    const bad = buildIdentityCatalogue(names.map((name, index) => device(`bad-${index}`, index % 2 === 0 ? 'constructor' : '', name)));
    for (const name of [...names, 'constructor 1320', '1320']) expect(matchDevices(name, bad).length).to.be.at.most(12);
  });

  it('looks at a bounded number of entries', () => {
    const big = buildIdentityCatalogue(Array.from({ length: 5000 }, (_unused, index) => device(`d${index}`, 'HP', `LaserJet ${1000 + (index % 10)} ${index}x`)));
    let looked = 0;
    const counting = { entries: big.entries.bind(big), terms: big.terms.bind(big), entry: (number: number) => (looked++, big.entry(number)) };
    matchDevices('HP LaserJet 1001', counting);
    expect(looked).to.be.within(1, 300);
  });
});
