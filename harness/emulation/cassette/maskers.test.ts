import { expect } from 'chai';
import { maskedStretches, maskersOf } from './maskers.ts';

describe('what is written to a stick', () => {
  /** A command wrapper of Bulk-Only Transport with a READ(10) or WRITE(10) of one block at 8. */
  const command = (code: 0x28 | 0x2a): Buffer => {
    const wrapper = Buffer.alloc(31);
    wrapper.write('USBC');
    wrapper.writeUInt32LE(512, 8);
    wrapper[12] = code === 0x28 ? 0x80 : 0;
    wrapper[14] = 10;
    wrapper[15] = code;
    wrapper[20] = 8;
    wrapper[23] = 1;
    return wrapper;
  };
  const masked = (bytes: Buffer): readonly [number, number][] => maskedStretches(bytes, maskersOf('mass-storage'));

  it('may be anything of the same length; where it goes may not', () => {
    expect(masked(Buffer.concat([command(0x2a), Buffer.alloc(512, 7)]))).to.deep.equal([[31, 543]]);
    expect(masked(command(0x2a))).to.deep.equal([]);
  });

  it('is not what is asked of it', () => {
    expect(masked(Buffer.concat([command(0x28), Buffer.alloc(512)]))).to.deep.equal([]);
    expect(masked(Buffer.concat([Buffer.from('x'), command(0x2a), Buffer.alloc(512)]))).to.deep.equal([]);
  });
});
