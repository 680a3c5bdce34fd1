import { expect } from 'chai';
import type { Device } from '../generated/device.ts';
import { CoverageLookup } from './coverage-lookup.ts';
import { diffCoverage, isWorse, type CoverageChange } from './diff-coverage.ts';
import { diffInventory, inventoryOf, resolveAsked } from './inventory.ts';
import { coverageOf } from './testing/coverage-of.ts';

const a = 'usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*';
const b = 'usb:v1A86p7523d*dc*dsc*dp*ic*isc*ip*in*';
const ids = (changes: readonly CoverageChange[]): readonly string[] => changes.map(({ id, before, after }) => `${id}: ${before.join('+')} -> ${after.join('+')}`);

describe('diffCoverage', () => {
  it('says what was lost, gained, moved and kept', () => {
    const older = coverageOf([{ name: 'ftdi_sio' }, a], [{ name: 'r8188eu' }, 'usb:v0BDAp8179d*dc*dsc*dp*ic*isc*ip*in*'], [{ name: 'gone' }, 'usb:v1111p2222d*dc*dsc*dp*ic*isc*ip*in*']);
    const newer = coverageOf([{ name: 'ftdi_sio' }, a], [{ name: 'rtl8xxxu' }, 'usb:v0BDAp8179d*dc*dsc*dp*ic*isc*ip*in*'], [{ name: 'ch341' }, b]);
    const diff = diffCoverage(older, newer);
    expect(ids(diff.lost)).to.deep.equal(['usb 1111:2222: gone -> ']);
    expect(ids(diff.gained)).to.deep.equal(['usb 1a86:7523:  -> ch341']);
    expect(ids(diff.moved)).to.deep.equal(['usb 0bda:8179: r8188eu -> rtl8xxxu']);
    expect(diff.same).to.equal(1);
    expect(isWorse(diff)).to.equal(true);
    expect(isWorse(diffCoverage(newer, newer))).to.equal(false);
    expect(diffCoverage(newer, newer)).to.include({ same: 3 });
  });

  it('takes a wider pattern, a built-in driver or the HID half of a device for support that stays', () => {
    const older = coverageOf([{ name: 'one' }, a], [{ name: 'two' }, b], [{ name: 'wacom' }, 'usb:v056Ap0018d*dc*dsc*dp*ic*isc*ip*in*']);
    const newer = coverageOf([{ name: 'one' }, 'usb:v0403p*d*dc*dsc*dp*ic*isc*ip*in*'], [{ name: 'two', file: '', source: 'modules.builtin.modinfo' }, b], [{ name: 'wacom' }, 'hid:b0003g*v0000056Ap00000018', 'hid:b0003g0001v0000056Ap00000018']);
    expect(ids(diffCoverage(older, newer).lost)).to.deep.equal([]);
    // A class takes only devices with that interface, which an id does not tell.
    expect(ids(diffCoverage(older, coverageOf([{ name: 'usbhid' }, 'usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*'])).lost).length).to.equal(3);
  });

  it('counts a driver that is switched off as lost, and says why', () => {
    const diff = diffCoverage(coverageOf([{ name: 'ch341' }, b]), coverageOf([{ name: 'ch341', disabled: 'blacklisted by /etc/modprobe.d/x.conf' }, b]));
    expect(diff.lost.map(({ because }) => because)).to.deep.equal(['blacklisted by /etc/modprobe.d/x.conf']);
  });

  it('puts printing and scanning before what is built in, and class support before all', () => {
    const older = coverageOf([{ name: 'e1000e' }, 'pci:v00008086d000015B8sv*sd*bc*sc*i*'], [{ name: 'ch341' }, b], [{ name: 'genesys', kind: 'scanner' }, 'usb:v04A9p2206*'], [{ name: '60-a.hwdb', kind: 'udev' }, 'usb:v0001p0001*']);
    const diff = diffCoverage({ ...older, classes: { ...older.classes, ippUsb: 'ipp-usb', languages: { PCL: 'x' } } }, coverageOf());
    expect(diff.lost.map(({ id }) => id)).to.deep.equal(['usb 04a9:2206', 'usb 1a86:7523', 'pci 8086:15b8']);
    expect(diff.lostClasses).to.deep.equal(['IPP over USB (ipp-usb)', 'generic printing in PCL']);
    expect(isWorse({ lost: [], lostClasses: diff.lostClasses, firmwareLost: [] })).to.equal(true);
  });

  it('tells firmware that is gone from firmware that is named for the first time', () => {
    const wifi = (present: readonly string[], missing: readonly string[]): ReturnType<typeof coverageOf> => coverageOf([{ name: 'wifi', ...(present.length + missing.length > 0 ? { firmware: { present, missing } } : {}) }, a]);
    expect(diffCoverage(wifi(['a', 'b'], []), wifi(['a'], ['b'])).firmwareLost).to.deep.include.members([{ driver: 'wifi', package: 'linux', files: ['b'], all: false, ids: ['usb 0403:6001'], count: 1, weight: 15 }]);
    expect(diffCoverage(wifi(['a'], ['b']), wifi(['a'], ['b'])).firmwareLost).to.deep.equal([]);
    expect(diffCoverage(wifi(['a'], []), wifi(['a'], ['c'])).firmwareLost, 'never there').to.deep.equal([]);
    const named = diffCoverage(wifi([], []), wifi([], ['c']));
    expect([named.firmwareLost.length, named.firmwareNewlyNamed.length, isWorse(named)]).to.deep.equal([0, 1, false]);
    expect(diffCoverage(wifi([], ['c']), wifi(['c'], [])).firmwareGained.map(({ files }) => files)).to.deep.equal([['c']]);
  });

  it('weighs by what a school has, by number; what is not known is listed and costs nothing', () => {
    const older = new CoverageLookup(coverageOf([{ name: 'ftdi_sio' }, a], [{ name: 'ch341' }, b]));
    const newer = new CoverageLookup(coverageOf([{ name: 'new' }, 'usb:v0001p0001d*dc*dsc*dp*ic*isc*ip*in*']));
    const line = (text: string, value: number | undefined): Parameters<typeof inventoryOf>[0][number] => ({ sheet: '', row: 1, text, asks: [text], quantity: { text: '', value } });
    const diff = diffInventory(inventoryOf([line('1a86:7523', 2), line('0403:6001', 40), line('0001:0001', undefined), line('lamp', 9)], new Map()), older, newer);
    expect(diff.lost.map(({ text, count }) => `${count} ${text}`)).to.deep.equal(['40 0403:6001', '2 1a86:7523']);
    expect(diff.gained.map(({ text }) => text)).to.deep.equal(['0001:0001']);
    expect(diff.notKnown).to.deep.equal(['lamp']);
    expect(diff.devices).to.include({ driver: 1, none: 42, 'not-known': 9 });
  });

  it('recognises a model of the catalogue by its name, and guesses none', () => {
    const device: Device = { id: 'hp-laserjet-1320', vendor: 'HP', name: 'LaserJet 1320', aliases: [], classes: ['printer'], usb: [{ vendorId: '0x03f0', productId: '0x1d17' }] };
    const devices = new Map([[device.id, device]]);
    expect(resolveAsked('НР LaserJet 1320', devices)).to.deep.include({ device: 'hp-laserjet-1320' });
    expect(resolveAsked('HP LaserJet 1320', devices).subjects.map(({ kind }) => kind)).to.deep.equal(['usb', 'ieee1284']);
    expect(resolveAsked('HP LaserJet', devices).subjects).to.deep.equal([]);
  });
});
