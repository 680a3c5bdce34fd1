import { expect } from 'chai';
import { tidyDevice } from './tidy-device.ts';

describe('tidyDevice', () => {
  const table: readonly (readonly [string, object, object])[] = [
    ['ids as people paste them', { usb: [{ productId: '69D', vendorId: '0X0482' }] }, { usb: [{ productId: '0x069d', vendorId: '0x0482' }] }],
    ['what is no id', { usb: [{ vendorId: 'many', productId: 7 }] }, { usb: [{ vendorId: 'many', productId: 7 }] }],
    ['spaces', { vendor: ' HP ', name: 'LaserJet\u00a0 1320\n' }, { vendor: 'HP', name: 'LaserJet 1320' }],
    ['the order of the schema, with what it does not know at the end', { zzz: 1, name: 'N', id: 'i' }, { id: 'i', name: 'N', zzz: 1 }],
    [
      'aliases that say nothing new',
      { id: 'hp-1', vendor: 'HP', name: 'LJ 1', aliases: ['hp lj 1', 'LJ-1', 'Laser 1', 'laser  1', 'HP-1'] },
      { id: 'hp-1', vendor: 'HP', name: 'LJ 1', aliases: ['LJ-1', 'Laser 1'] },
    ],
  ];
  for (const [name, before, after] of table) {
    it(`mends ${name}`, () => expect(JSON.stringify(tidyDevice(before))).to.equal(JSON.stringify(after)));
    it(`leaves alone what is mended: ${name}`, () => expect(JSON.stringify(tidyDevice(after))).to.equal(JSON.stringify(after)));
  }

  it('leaves alone what is no object', () => {
    for (const value of [null, 7, 'x', [1]]) expect(tidyDevice(value)).to.equal(value);
  });
});
