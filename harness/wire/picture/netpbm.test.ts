import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { readNetpbm } from './netpbm.ts';

const file = (header: string, ...body: number[]): Uint8Array => Buffer.concat([Buffer.from(header, 'latin1'), Uint8Array.from(body)]);

describe('readNetpbm', () => {
  it('reads grey, colour and black and white', () => {
    expect(readNetpbm(file('P5\n# SANE data follows\n2 1\n255\n', 7, 9))).to.deep.equal({ width: 2, height: 1, channels: 1, data: Buffer.from([7, 9]) });
    expect(readNetpbm(file('P6 1 1 255 ', 1, 2, 3))).to.include({ width: 1, height: 1, channels: 3 });
    expect([...readNetpbm(file('P4\n9 2\n', 0x80, 0x00, 0x00, 0x80)).data]).to.deep.equal([0, ...Array<number>(8).fill(255), ...Array<number>(8).fill(255), 0]);
  });

  it('does not take pixels that look like white space for the header', () => {
    expect([...readNetpbm(file('P5\n2 1\n255\n', 0x0a, 0x20)).data]).to.deep.equal([0x0a, 0x20]);
  });

  const wrong: Record<string, Uint8Array> = {
    nothing: file(''),
    'a PNG': file('\x89PNG'),
    'a short one': file('P5\n2 2\n255\n', 1, 2, 3),
    'a long one': file('P5\n1 1\n255\n', 1, 2),
    'sixteen bits': file('P5\n1 1\n65535\n', 1, 2),
    'no size': file('P5\n0 5\n255\n'),
    'a huge one': file('P6\n999999 999999\n255\n'),
    'letters in the header': file('P5\nabc\n'),
    'an endless header': file(`P5\n${' '.repeat(5000)}`),
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => expect(() => readNetpbm(bytes)).to.throw(HwlabError, /not a picture in netpbm format/));
  }

  it('refuses every shortened file', () => {
    const whole = file('P6\n3 2\n255\n', ...Array<number>(18).fill(1));
    for (let length = 0; length < whole.length; length += 1) expect(() => readNetpbm(whole.subarray(0, length)), String(length)).to.throw(HwlabError);
  });
});
