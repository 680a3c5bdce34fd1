import { expect } from 'chai';
import { editDescriptor } from './edit-descriptor.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex').replaceAll(/(..)(?=.)/g, '$1 ');

/** One finger with confidence, contact id, X with a physical maximum; scan time on the same page afterwards. */
const finger = '05 0d 09 04 a1 01 09 22 a1 02 09 42 81 02 09 47 81 02 09 51 81 02 05 01 46 e8 03 09 30 81 02 c0 05 0d 09 56 81 02 c0';

describe('editing a report descriptor', () => {
  it('changes nothing when nothing is asked, and never its argument', () => {
    const original = bytes(finger);
    expect(hex(editDescriptor(original, {}))).to.equal(finger);
    editDescriptor(original, { drop: ['confidence', 'scan-time'] });
    expect(hex(original)).to.equal(finger);
  });

  it('takes away usages in place', () => {
    expect(hex(editDescriptor(bytes(finger), { drop: ['confidence', 'scan-time'] }))).to.equal(finger.replace('09 47', '09 00').replace('09 56', '09 00'));
  });

  it('makes contact ids constant, and only those', () => {
    expect(hex(editDescriptor(bytes(finger), { constantContactId: true }))).to.equal(finger.replace('09 51 81 02', '09 51 81 03'));
  });

  it('scales the physical size within what its bytes hold', () => {
    expect(hex(editDescriptor(bytes(finger), { physicalScale: 1.7 }))).to.equal(finger.replace('46 e8 03', '46 a4 06'));
    expect(hex(editDescriptor(bytes(finger), { physicalScale: 1000 }))).to.equal(finger.replace('46 e8 03', '46 ff 7f'));
  });

  it('knows a usage that carries its own page', () => {
    expect(hex(editDescriptor(bytes('05 01 0b 47 00 0d 00 81 02'), { drop: ['confidence'] }))).to.equal('05 01 0b 00 00 0d 00 81 02');
  });
});
