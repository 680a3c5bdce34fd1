import { expect } from 'chai';
import { decodeDeviceId, deviceIdField, encodeDeviceId, parseDeviceId } from './device-id.ts';

const text = 'MFG:Hewlett-Packard;MDL: HP LaserJet ;CMD:PJL,PCL;CLS:PRINTER;';

describe('IEEE 1284 device id', () => {
  it('counts its own two bytes of length, big-endian', () => {
    expect(Buffer.from(encodeDeviceId('MFG:A;')).toString('hex')).to.equal(`0008${Buffer.from('MFG:A;').toString('hex')}`);
    expect(decodeDeviceId(encodeDeviceId(text))).to.equal(text);
    expect(decodeDeviceId(encodeDeviceId('MFG:Катюша;'))).to.equal('MFG:Катюша;');
  });

  it('refuses an answer whose length is wrong, cut at every offset', () => {
    const answer = encodeDeviceId(text);
    for (let at = 0; at < answer.length; at += 1) expect(() => decodeDeviceId(answer.subarray(0, at))).to.throw(/byte 0/);
    expect(() => decodeDeviceId(Uint8Array.of(3, 0, 65))).to.throw('says it has 768 bytes, but has 3');
  });

  it('splits into fields, with short and long keys', () => {
    expect(parseDeviceId(text).map(({ key }) => key)).to.deep.equal(['MFG', 'MDL', 'CMD', 'CLS']);
    expect(deviceIdField(text, 'MODEL', 'MDL')).to.equal('HP LaserJet');
    expect(deviceIdField('MANUFACTURER:X;ODD;', 'MFG', 'MANUFACTURER')).to.equal('X');
    expect(parseDeviceId('ODD;;')).to.deep.equal([{ key: 'ODD', value: '' }]);
    expect(deviceIdField(text, 'SN')).to.equal(undefined);
  });

  it('refuses a text that does not fit in the length', () => {
    expect(() => encodeDeviceId('x'.repeat(65534))).to.throw(RangeError);
  });
});
