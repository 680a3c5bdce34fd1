import { expect } from 'chai';
import { buildDescriptors } from './descriptors.ts';
import { testModel } from './testing/test-unit.ts';
import type { UsbDescriptors } from './usb-device.ts';
import type { HwlabError } from '../base/hwlab-error.ts';

const uno: UsbDescriptors = {
  speed: 'full',
  vendorId: '0x2341',
  productId: '0x0043',
  usbVersion: '0x0110',
  deviceVersion: '0x0001',
  class: [2, 0, 0],
  maxPacketSize0: 8,
  strings: { manufacturer: 'Arduino (www.arduino.cc)', serial: '1234' },
  configuration: {
    attributes: 0xc0,
    maxPower: 100,
    interfaces: [
      {
        number: 0,
        alternates: [{ class: [2, 2, 1], extra: ['05 24 00 01 10', '04240206', '05 24 06 00 01'], endpoints: [{ address: '0x82', type: 'interrupt', maxPacketSize: 8, interval: 255 }] }],
      },
      {
        number: 1,
        alternates: [
          {
            class: [10, 0, 0],
            endpoints: [
              { address: '0x04', type: 'bulk', maxPacketSize: 64, interval: 1 },
              { address: '0x83', type: 'bulk', maxPacketSize: 64, interval: 1 },
            ],
          },
        ],
      },
    ],
  },
};

/** `uno` with one thing changed. */
function changed(change: (copy: Record<string, never> & UsbDescriptors) => void): UsbDescriptors {
  const copy = structuredClone(uno) as never;
  change(copy);
  return copy;
}

describe('descriptors', () => {
  it('are those of a real board, byte for byte', () => {
    const { device, configuration, strings } = buildDescriptors(uno);
    expect(device.toString('hex')).to.equal('12011001' + '02000008' + '41234300' + '0100' + '01000201');
    expect(configuration.toString('hex')).to.equal(
      '09023e00020100c032' + '0904000001020201' + '00' + '0524000110' + '04240206' + '0524060001' + '0705820308' + '00ff' + '0904010002' + '0a000000' + '07050402400001' + '07058302400001',
    );
    expect(strings.map((text) => text.toString('hex'))).to.deep.equal(['04030904', '3203' + Buffer.from('Arduino (www.arduino.cc)', 'utf16le').toString('hex'), '0a03' + '3100320033003400']);
  });

  it("write a real camera's isochronous endpoint: three packets of 1020 a microframe, asynchronous, and what belongs to it behind it", () => {
    const { configuration } = buildDescriptors(testModel.usb);
    expect(configuration.toString('hex')).to.match(/0904010201ff01020007058405fc13010525010203$/);
  });

  it('write strings as UTF-16, equal ones once', () => {
    const { strings, configuration } = buildDescriptors({ ...testModel.usb, strings: { manufacturer: 'Second', product: 'Доска 🖐', serial: 'Second' } });
    expect(strings.map((text) => text.toString('utf16le', 2))).to.deep.equal(['\u0409', 'Second', 'Доска 🖐']);
    const second = configuration.indexOf(Buffer.from('0904010101ff0101', 'hex'));
    expect(configuration[second + 8], 'name of the alternate setting').to.equal(1);
  });

  it('put an association before its first interface', () => {
    const { configuration } = buildDescriptors(changed((copy) => ((copy.configuration as { associations?: unknown }).associations = [{ first: 0, count: 2, class: [2, 2, 1], name: 'Serial' }])));
    expect(configuration.toString('hex', 9, 17)).to.equal('080b000202020103');
  });

  it('have a qualifier only at high speed', () => {
    expect(buildDescriptors(uno).qualifier).to.equal(undefined);
    expect(buildDescriptors(testModel.usb).qualifier?.toString('hex')).to.equal('0a060002000000400100');
  });

  it('have a hash that changes with any of them', () => {
    const { sha256 } = buildDescriptors(uno);
    expect(sha256).to.match(/^[0-9a-f]{64}$/);
    expect(buildDescriptors({ ...uno, strings: { ...uno.strings, serial: '1235' } }).sha256).not.to.equal(sha256);
    expect(buildDescriptors({ ...uno, deviceVersion: '0x0002' }).sha256).not.to.equal(sha256);
  });

  const endpoint = (copy: UsbDescriptors): { address: string; type: string; maxPacketSize: number; interval: number } => copy.configuration.interfaces[1]?.alternates[0]?.endpoints[0] as never;
  const wrong: [string, (copy: never) => void, string][] = [
    ['SuperSpeed', (copy: { speed: string }) => (copy.speed = 'super'), '/speed'],
    ['a packet size of endpoint 0 that the speed does not have', (copy: { maxPacketSize0: number }) => (copy.maxPacketSize0 = 9), '/maxPacketSize0'],
    ['a vendor id that is no number', (copy: { vendorId: string }) => (copy.vendorId = '2341h'), '/vendorId'],
    ['a product id above 16 bits', (copy: { productId: string }) => (copy.productId = '0x10000'), '/productId'],
    ['a bulk packet of 512 bytes at full speed', (copy: UsbDescriptors) => (endpoint(copy).maxPacketSize = 512), '/configuration/interfaces/1/alternates/0/endpoints/0/maxPacketSize'],
    ['an interrupt endpoint without an interval', (copy: UsbDescriptors) => Object.assign(endpoint(copy), { type: 'interrupt', interval: 0 }), '/configuration/interfaces/1/alternates/0/endpoints/0/interval'],
    ['two transactions of a bulk endpoint', (copy: UsbDescriptors) => Object.assign(endpoint(copy), { transactions: 2 }), '/configuration/interfaces/1/alternates/0/endpoints/0/transactions'],
    ['a synchronisation of a bulk endpoint', (copy: UsbDescriptors) => Object.assign(endpoint(copy), { synchronization: 'adaptive' }), '/configuration/interfaces/1/alternates/0/endpoints/0/synchronization'],
    ['endpoint 0', (copy: UsbDescriptors) => (endpoint(copy).address = '0x80'), '/configuration/interfaces/1/alternates/0/endpoints/0/address'],
    ['an endpoint of another interface', (copy: UsbDescriptors) => (endpoint(copy).address = '0x82'), '/configuration/interfaces/1/alternates/0/endpoints/0/address'],
    ['an endpoint twice', (copy: UsbDescriptors) => (endpoint(copy).address = '0x83'), '/configuration/interfaces/1/alternates/0/endpoints/1/address'],
    ['a gap in the numbers of interfaces', (copy: UsbDescriptors) => ((copy.configuration.interfaces[1] as { number: number }).number = 2), '/configuration/interfaces/1/number'],
    ['an extra descriptor that is too short', (copy: UsbDescriptors) => ((copy.configuration.interfaces[0]?.alternates[0] as unknown as { extra: string[] }).extra = ['0524']), '/configuration/interfaces/0/alternates/0/extra/0'],
    ['a string that does not fit', (copy: UsbDescriptors) => ((copy.strings as { serial: string }).serial = 'x'.repeat(127)), '/strings/serial'],
    ['an association of interfaces that do not exist', (copy: UsbDescriptors) => ((copy.configuration as { associations?: unknown }).associations = [{ first: 1, count: 2, class: [2, 2, 1] }]), '/configuration/associations/0'],
  ] as never;
  for (const [title, change, pointer] of wrong) {
    it(`refuse ${title} and point at it`, () => {
      let error: HwlabError | undefined;
      try {
        buildDescriptors(changed(change as never));
      } catch (thrown) {
        error = thrown as HwlabError;
      }
      expect(error?.code).to.equal('bad-descriptors');
      expect(error?.blame).to.equal('usage');
      expect(error?.facts['pointer']).to.equal(pointer);
    });
  }
});
