import { expect } from 'chai';
import { axisOf, logicalAt } from './axis.ts';
import type { HidField } from './report-descriptor.ts';

function field(unit: number, unitExponent: number, logicalMax: number, physicalMax: number): HidField {
  return { usage: 0x10030, bitOffset: 0, bits: 16, logicalMin: 0, logicalMax, physicalMin: 0, physicalMax, unit, unitExponent, array: false, relative: false, nullState: false, collection: { usage: 0, type: 0, parent: undefined } };
}

describe('axisOf', () => {
  it('turns centimetres and inches into millimetres', () => {
    expect(axisOf(field(0x11, -2, 32767, 16714)).millimetres).to.be.closeTo(1671.4, 1e-6);
    expect(axisOf(field(0x11, -2, 32767, 16714)).resolution).to.equal(20);
    expect(axisOf(field(0x13, -3, 4095, 9600)).millimetres).to.be.closeTo(243.84, 1e-6);
    expect(axisOf(field(0x13, -3, 4095, 9600)).resolution).to.equal(17);
  });

  it('takes no size from a cubic inch, no unit, or empty ranges', () => {
    for (const strange of [field(0x33, -3, 4095, 9600), field(0, 0, 4095, 9600), field(0x11, -2, 0, 100), field(0x11, -2, 100, 0)]) {
      expect(axisOf(strange)).to.include({ millimetres: undefined, resolution: 0 });
    }
  });

  it('places fractions', () => {
    const axis = axisOf(field(0x11, -2, 32767, 16714));
    expect([0, 0.5, 1].map((fraction) => logicalAt(axis, fraction))).to.deep.equal([0, 16384, 32767]);
  });
});
