import { expect } from 'chai';
import type { Device } from './generated/device.ts';
import { identifyDevice } from './identify-device.ts';

function device(id: string, vendor: string, name: string, aliases: readonly string[], usb: string): Device {
  const [vendorId = '', productId = ''] = usb.split(':');
  return { id, vendor, name, aliases: [...aliases], classes: ['printer'], usb: [{ vendorId: `0x${vendorId}`, productId: `0x${productId}` }] };
}

const devices = [
  device('kyocera-ecosys-m2040dn', 'Kyocera', 'ECOSYS M2040dn', ['M2040dn'], '0482:069d'),
  device('hp-laserjet-1320', 'HP', 'LaserJet 1320', ['LJ 1320', '1320'], '03f0:1d17'),
  device('acme-1320', 'ACME', 'Laser 1320', ['1320'], '1234:0001'),
];

describe('identifyDevice', () => {
  const table: readonly (readonly [string, string])[] = [
    ['kyocera-ecosys-m2040dn', 'kyocera-ecosys-m2040dn'],
    ['Kyocera ECOSYS M2040dn', 'kyocera-ecosys-m2040dn'],
    ['  kyocera   m2040DN ', 'kyocera-ecosys-m2040dn'],
    ['M-2040 dn', 'kyocera-ecosys-m2040dn'],
    ['ЕСОSYS М2040dn', 'kyocera-ecosys-m2040dn'],
    ['HP LJ1320', 'hp-laserjet-1320'],
    ['03F0:1d17', 'hp-laserjet-1320'],
    ['0x03f0:0x1D17', 'hp-laserjet-1320'],
    ['1320', 'ambiguous acme-1320 hp-laserjet-1320'],
    ['Kyocera M2040', 'unknown kyocera-ecosys-m2040dn'],
    ['Laserjte 1320', 'ambiguous hp-laserjet-1320 acme-1320'],
    ['ffff:ffff', 'unknown'],
    ['something else altogether', 'unknown'],
    ['', 'unknown'],
    ['!?', 'unknown'],
    ['x'.repeat(100_000), 'unknown'],
  ];
  for (const [asked, expected] of table) {
    it(`"${asked.slice(0, 40)}" is ${expected}`, () => {
      const found = identifyDevice(asked, devices);
      const seen = found.kind === 'found' ? found.device.id : [found.kind, ...(found.kind === 'ambiguous' ? found.devices : found.near).map(({ id }) => id)].join(' ');
      expect(seen).to.equal(expected);
    });
  }
});
