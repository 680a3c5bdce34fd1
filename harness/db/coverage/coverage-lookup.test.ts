import { expect } from 'chai';
import { parseAsked } from './ask.ts';
import { CoverageLookup, type CoverageAnswer } from './coverage-lookup.ts';
import { coverageOf } from './testing/coverage-of.ts';

const index = coverageOf(
  [{ name: 'ftdi_sio' }, 'usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*'],
  [{ name: 'ch341' }, 'usb:v1A86p7523d*dc*dsc*dp*ic*isc*ip*in*'],
  [{ name: 'xpad' }, 'usb:v1A86p*d*dc*dsc*dp*icFFisc5Dip81in*'],
  [{ name: 'cdc_acm' }, 'usb:v*p*d*dc*dsc*dp*ic02isc02ip01in*'],
  [{ name: 'usblp' }, 'usb:v*p*d*dc*dsc*dp*ic07isc01ip02in*'],
  [{ name: 'usb_storage' }, 'usb:v054Cp0010d01[0-4]*dc*dsc*dp*ic*isc*ip*in*', 'usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*'],
  [{ name: 'wacom' }, 'hid:b0003g*v0000056Ap*'],
  [{ name: 'hid_generic' }, 'hid:b*g*v*p*'],
  [{ name: 'ath9k_htc', firmware: { present: [], missing: ['ath9k_htc/htc_9271-1.4.0.fw'] } }, 'usb:v0CF3p9271d*dc*dsc*dp*ic*isc*ip*in*'],
  [{ name: 'e1000e' }, 'pci:v00008086d000015B8sv*sd*bc*sc*i*'],
  [{ name: 'ahci' }, 'pci:v*d*sv*sd*bc01sc06i01*'],
  [{ name: 'odd', disabled: 'blacklisted by /etc/modprobe.d/school.conf' }, 'usb:v1111p2222d*dc*dsc*dp*ic*isc*ip*in*'],
  [{ name: 'genesys', kind: 'scanner' }, 'usb:v04A9p2206*'],
  [{ name: '60-x.rules', kind: 'udev' }, 'usb:v0694p0002*'],
  [{ name: 'HP LaserJet 1320 Postscript', kind: 'printer' }, 'ieee1284:hp;laserjet1320'],
  [{ name: 'Generic PCL', kind: 'printer' }, 'ieee1284:generic;pcllaserprinter'],
);
const lookup = new CoverageLookup({ ...index, classes: { ...index.classes, languages: { PCL: 'Generic PCL' } } });

function ask(asked: string): CoverageAnswer {
  const subject = parseAsked(asked);
  if (!subject) throw new Error(`not understood: ${asked}`);
  return lookup.answer(asked, subject);
}
const short = ({ verdict, drivers }: CoverageAnswer): readonly string[] => [verdict, ...drivers.map(({ driver, fit }) => `${driver.name} ${fit}`)];

describe('CoverageLookup', () => {
  it('answers by id, and tells what depends on more than the id', () => {
    const cases: readonly (readonly [asked: string, ...string[]])[] = [
      ['0403:6001', 'driver', 'ftdi_sio id'],
      ['1a86:7523', 'driver', 'ch341 id', 'xpad maybe'],
      ['1a86:0001', 'none', 'xpad maybe'],
      ['054c:0010', 'depends', 'usb_storage depends'],
      ['056a:0390', 'driver', 'wacom vendor'],
      ['0cf3:9271', 'firmware', 'ath9k_htc id'],
      ['1111:2222', 'disabled', 'odd id'],
      ['04a9:2206', 'driver', 'genesys id'],
      ['0694:0002', 'none', '60-x.rules id'],
      ['ffff:ffff', 'none'],
      ['pci:8086:15b8', 'driver', 'e1000e id'],
      ['pci:8086:0001', 'none'],
    ];
    for (const [asked, ...answer] of cases) expect(short(ask(asked)), asked).to.deep.equal(answer);
  });

  it('answers for a whole modalias as modprobe would', () => {
    expect(short(ask('usb:v2341p0043d0001dc02dsc00dp00ic02isc02ip01in00'))).to.deep.equal(['driver', 'cdc_acm class']);
    expect(short(ask('usb:v054Cp0010d0130dc00dsc00dp00icFFiscFFipFFin00'))).to.deep.equal(['driver', 'usb_storage id']);
    expect(short(ask('usb:v054Cp0010d0150dc00dsc00dp00icFFiscFFipFFin00'))).to.deep.equal(['none']);
    expect(short(ask('pci:v00008086d00009D03sv00001028sd00000704bc01sc06i01'))).to.deep.equal(['driver', 'ahci class']);
  });

  it('answers for interfaces that are known; the cable of a printer is no driver', () => {
    const usb = (vendor: string, product: string, ...interfaces: readonly string[]): readonly string[] => short(lookup.answer('', { kind: 'usb', vendor, product, interfaces }));
    expect(usb('2341', '0043', '02/02/01', '0a/00/00')).to.deep.equal(['driver', 'cdc_acm class']);
    expect(usb('03F0', '1D17', '07/01/02')).to.deep.equal(['none', 'usblp class']);
    expect(usb('1A86', '0001', 'ff/5d/81')).to.deep.equal(['driver', 'xpad id']);
    expect(usb('1A86', '0001', 'ff/00/00')).to.deep.equal(['none']);
    expect(usb('056A', '0390', '03/00/00')).to.deep.equal(['driver', 'wacom vendor', 'hid_generic class']);
    expect(usb('056A', '0390', '08/06/50')).to.deep.equal(['driver', 'usb_storage class']);
  });

  it('answers for a printer by its model, then by a language that a generic driver speaks', () => {
    expect(short(ask('MFG:Hewlett-Packard;MDL:HP LaserJet 1320;CMD:PJL,PCL;'))).to.deep.equal(['driver', 'HP LaserJet 1320 Postscript model', 'Generic PCL language']);
    expect(short(ask('MFG:Other;MDL:Laser 1;CMD:PCL;'))).to.deep.equal(['driver', 'Generic PCL language']);
    expect(short(ask('MFG:Other;MDL:Laser 1;CMD:GDI;'))).to.deep.equal(['none']);
  });

  it("gives the device's name, the package and its version", () => {
    expect(ask('1a86:7523')).to.include({ name: 'QinHeng Electronics CH340 serial converter' });
    expect(ask('1a86:7523').drivers[0]).to.include({ version: '6.1' });
  });
});
