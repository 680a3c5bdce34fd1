import { expect } from 'chai';
import { devicesOf, readDevices, undriven, undrivenLine } from './read-parts.ts';

const output = [
  'pci\t0000:00:00.0\t060000\t\tpci:v00008086d000029C0sv00001AF4sd00001100bc06sc00i00\t',
  'pci\t0000:00:01.0\t030000\tvirtio-pci\tpci:v00001AF4d00001050sv00001AF4sd00001100bc03sc00i00\t',
  'pci\t0000:00:14.3\t028000\t\tpci:v00008086d000051F0sv00008086sd00000074bc02sc80i00\tiwlwifi wl ',
  'pci\t0000:00:1f.3\t040300\t\tpci:v00008086d000051C8sv000017AAsd00003801bc04sc03i80\t',
  'usb\t1-7:1.0\t0e0100\tuvcvideo\tusb:v04F2pB6D9d0027dcEFdsc02dp01ic0Eisc01ip00in00\t',
  'virtio\tvirtio0\t\tvirtio_net\tvirtio:d00000001v00001AF4\t',
  'a line of something else',
].join('\n');

describe('the parts of a machine', () => {
  const devices = readDevices(output);
  it('are read from what the guest prints', () => expect(devices.map(({ name }) => name)).to.deep.equal(['0000:00:00.0', '0000:00:01.0', '0000:00:14.3', '0000:00:1f.3', '1-7:1.0', 'virtio0']));
  it('bridges need no driver, others do; the id and what would drive it are named', () => {
    expect(undriven(devices).map(undrivenLine)).to.deep.equal([
      'pci 0000:00:14.3 (class 028000) is driven by nothing: pci:v00008086d000051F0sv00008086sd00000074bc02sc80i00, iwlwifi, wl would, and is not bound',
      'pci 0000:00:1f.3 (class 040300) is driven by nothing: pci:v00008086d000051C8sv000017AAsd00003801bc04sc03i80, no module of the image claims it',
    ]);
  });
  it('are told apart by class', () => {
    expect(devicesOf('graphics', devices).map(({ name }) => name)).to.deep.equal(['0000:00:01.0']);
    expect(devicesOf('wifi', devices).map(({ name }) => name)).to.deep.equal(['0000:00:14.3']);
    expect(devicesOf('sound', devices).map(({ name }) => name)).to.deep.equal(['0000:00:1f.3']);
    expect(devicesOf('ethernet', devices)).to.deep.equal([]);
  });
});
