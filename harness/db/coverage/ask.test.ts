import { expect } from 'chai';
import { parseAsked, subjectText } from './ask.ts';
import { printerKey } from './printer-key.ts';

describe('parseAsked', () => {
  it('knows ids in every spelling that tools print', () => {
    const cases: readonly (readonly [asked: string, subject: string])[] = [
      ['04a9:2206', 'usb 04a9:2206'],
      ['0x04A9:0x2206', 'usb 04a9:2206'],
      ['usb:04a9:2206', 'usb 04a9:2206'],
      ['usb 04a9:2206', 'usb 04a9:2206'],
      ['Bus 001 Device 004: ID 03f0:1d17 HP, Inc LaserJet 1320', 'usb 03f0:1d17'],
      ['pci:8086:15b8', 'pci 8086:15b8'],
      ['00:1f.6 Ethernet controller [0200]: Intel Corporation Ethernet Connection [8086:15b8] (rev 31)', 'pci 8086:15b8'],
      ['usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00', 'usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00'],
      ['hid:b0003g0004v0000056Ap00000390', 'hid:b0003g0004v0000056Ap00000390'],
      ['MFG:Hewlett-Packard;MDL:HP LaserJet 1320;CMD:PJL,PCL;', 'Hewlett-Packard HP LaserJet 1320'],
      ['MANUFACTURER:Canon;MODEL:MF3010;', 'Canon MF3010'],
    ];
    for (const [asked, subject] of cases) {
      const found = parseAsked(asked);
      expect(found && subjectText(found), asked).to.equal(subject);
    }
  });

  it('takes nothing else for an id', () => {
    for (const text of ['', 'HP LaserJet 1320', 'Куосера М2040', '12345:6789', 'MFG:HP;', '04a9:220', 'a'.repeat(100_000)]) expect(parseAsked(text), text.slice(0, 20)).to.equal(undefined);
  });

  it('spells makers and models of printers in one way', () => {
    for (const [maker, model] of [['HP', 'LaserJet 1320'], ['Hewlett-Packard', 'HP LaserJet 1320 series'], ['hp', 'hp LaserJet-1320'], ['HP Inc.', 'LaserJet 1320']] as const) expect(printerKey(maker, model), `${maker} ${model}`).to.equal('hp;laserjet1320');
    expect(printerKey('Brother', 'HL-2140 series')).to.equal(printerKey('Brother', 'Brother HL-2140'));
    expect(printerKey('HP', 'LaserJet 1320')).not.to.equal(printerKey('HP', 'LaserJet 1320n'));
    expect(printerKey('', '')).to.equal(';');
  });
});
