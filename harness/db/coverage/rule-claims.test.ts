import { expect } from 'chai';
import type { Device, DeviceClass } from '../generated/device.ts';
import type { CoverageDriver, CoverageIndex } from './coverage-index.ts';
import { CoverageLookup } from './coverage-lookup.ts';
import { coverageRecord, ruleClaims } from './rule-claims.ts';
import { coverageOf } from './testing/coverage-of.ts';

function device(name: DeviceClass, id: string, interfaces: readonly string[] | undefined, more: Partial<Device> = {}): Device {
  const [vendorId, productId] = id.split(':').map((part) => `0x${part}`);
  return { id: 'any', vendor: 'Any', name: 'Device', aliases: [], classes: [name], usb: [{ vendorId: vendorId ?? '', productId: productId ?? '', ...(interfaces ? { interfaces: [...interfaces] as [string, ...string[]] } : {}) }], ...more };
}

function said(one: Device, index: CoverageIndex): readonly (readonly [boolean, readonly string[]])[] {
  return ruleClaims(one, new CoverageLookup(index)).map(({ claimed, drivers }) => [claimed, drivers.map((driver) => driver.name)]);
}

const kernel = (name: string, more: Partial<CoverageDriver> = {}): Partial<CoverageDriver> & { name: string } => ({ kind: 'kernel', name, ...more });
const acm = 'usb:v*p*d*dc*dsc*dp*ic02isc02ip01in*';
const storage = 'usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*';
const ippUsb = 'usb:v*p*d*dc*dsc*dp*ic07isc01ip04in*';

describe('ruleClaims', () => {
  it('is by id, or by an interface of the device', () => {
    const index = coverageOf([kernel('ch341'), 'usb:v1A86p7523d*dc*dsc*dp*ic*isc*ip*in*'], [kernel('cdc_acm'), acm], [kernel('usb_storage'), storage]);
    expect(said(device('robotics', '1a86:7523', undefined), index)).to.deep.equal([[true, ['ch341']]]);
    expect(said(device('robotics', '2341:0043', ['02/02/01', '0a/00/00']), index)).to.deep.equal([[true, ['cdc_acm']]]);
    expect(said(device('storage', '0951:1666', ['08/06/50']), index)).to.deep.equal([[true, ['usb_storage']]]);
  });

  it('says that nothing claims it only when that is all there is to know', () => {
    const index = coverageOf([kernel('ch341'), 'usb:v1A86p7523d*dc*dsc*dp*ic*isc*ip*in*']);
    expect(said(device('robotics', '2341:0043', undefined), index), 'interfaces unknown').to.deep.equal([]);
    expect(said(device('robotics', '2341:0043', ['02/02/01']), index)).to.deep.equal([[false, []]]);
    expect(said(device('robotics', '0694:0002', ['ff/ff/ff']), index), 'a program may drive it').to.deep.equal([]);
    expect(said(device('storage', '0951:1666', ['08/06/50']), index)).to.deep.equal([[false, []]]);
    expect(said(device('printer', '03f0:1d17', ['07/01/02']), index), 'its model is not known').to.deep.equal([]);
    expect(said(device('printer', '03f0:1d17', ['07/01/02'], { ieee1284: [{ manufacturer: 'HP', model: 'LaserJet 1320' }] }), index)).to.deep.equal([[false, []]]);
    expect(said(device('printer', '03f0:1d17', ['07/01/04'], { ieee1284: [{ manufacturer: 'HP', model: 'LaserJet 1320' }] }), index), 'driverless').to.deep.equal([]);
  });

  it('leaves out a driver that is switched off, lacks its firmware, or takes some revisions only', () => {
    const pattern = 'usb:v0CF3p9271d*dc*dsc*dp*ic*isc*ip*in*';
    const one = device('robotics', '0cf3:9271', ['02/02/01']);
    expect(said(one, coverageOf([kernel('ath9k_htc', { disabled: 'blacklisted by /etc/modprobe.d/a.conf' }), pattern]))).to.deep.equal([]);
    expect(said(one, coverageOf([kernel('ath9k_htc', { firmware: { present: [], missing: ['a.fw'] } }), pattern]))).to.deep.equal([]);
    expect(said(one, coverageOf([kernel('ath9k_htc', { firmware: { present: ['b.fw'], missing: ['a.fw'] } }), pattern]))).to.deep.equal([[true, ['ath9k_htc']]]);
    expect(said(one, coverageOf([kernel('ath9k_htc'), 'usb:v0CF3p9271d01*dc*dsc*dp*ic*isc*ip*in*']))).to.deep.equal([]);
  });

  it('takes driverless printing and scanning where the image and the device have it, and its quirks leave it on', () => {
    const mfp = device('printer', '0482:069d', ['07/01/02', '07/01/04'], { classes: ['printer', 'scanner'], vendor: 'Kyocera', name: 'M2040dn' });
    const drivers = [[{ kind: 'ipp-usb', name: 'ipp-usb' }, ippUsb], [{ kind: 'scanner', name: 'airscan' }, ippUsb], [kernel('usblp'), 'usb:v*p*d*dc*dsc*dp*ic07isc01ip02in*']] as const;
    const classes = { ippUsb: 'ipp-usb', driverless: 'cups 2.4', airscan: 'sane-airscan' };
    expect(said(mfp, { ...coverageOf(...drivers), classes: { ...coverageOf().classes, ...classes } })).to.deep.equal([[true, ['ipp-usb']], [true, ['airscan']]]);
    expect(said(mfp, { ...coverageOf(...drivers), classes: { ...coverageOf().classes, ...classes, ippUsbBlacklist: ['Kyocera M2040*'] } })).to.deep.equal([]);
    expect(said(mfp, { ...coverageOf(...drivers), classes: { ...coverageOf().classes, ...classes, driverless: '' } })).to.deep.equal([[true, ['airscan']]]);
  });

  it('asks for a multitouch driver of a panel: the generic one makes a mouse of it', () => {
    const panel = device('panel', '04e7:0080', ['03/00/00']);
    const generic = [kernel('hid_generic'), 'hid:b*g*v*p*'] as const;
    expect(said(panel, coverageOf(generic))).to.deep.equal([[false, []]].slice(1));
    expect(said(panel, coverageOf(generic, [kernel('hid_multitouch'), 'hid:b*g0004v*p*']))).to.deep.equal([[true, ['hid_multitouch']]]);
  });

  it('makes a record of the devices of which something can be said', () => {
    const index = coverageOf([kernel('usb_storage'), storage]);
    const record = coverageRecord('debian-12', new CoverageLookup(index), [{ ...device('storage', '0951:1666', ['08/06/50']), id: 'stick' }, device('robotics', '1:1', undefined)]);
    expect(record).to.include({ image: 'debian-12', kernel: index.kernel });
    expect(Object.keys(record.devices)).to.deep.equal(['stick']);
  });
});
