import { expect } from 'chai';
import type { SentPicture } from '../../harness/index.ts';
import { picturesIn } from './camera-cell.ts';

const picture = (number: number, text: string): SentPicture => ({ number, format: 'mjpeg', width: 1, height: 1, bytes: Buffer.from(text) });
const sent = [picture(1, 'one'), picture(2, 'second'), picture(3, 'three')];
const numbers = (taken: string): readonly number[] => picturesIn(Buffer.from(taken), sent).map(({ number }) => number);

describe('pictures in what a guest took', () => {
  it('are those that the camera sent, in order; one may be missing', () => {
    expect(numbers('onesecondthree')).to.deep.equal([1, 2, 3]);
    expect(numbers('onethree')).to.deep.equal([1, 3]);
    expect(numbers('second')).to.deep.equal([2]);
    expect(numbers('')).to.deep.equal([]);
  });

  it('are refused when they are cut off, changed, doubled or in another order, with the place', () => {
    expect(() => numbers('onesec')).to.throw(/first 3 are 1 pictures .*the same as picture 2 up to byte 3 of 6/);
    expect(() => numbers('onesecomd')).to.throw(/up to byte 4 of 6/);
    expect(() => numbers('oneone')).to.throw(/first 3 are 1 pictures/);
    expect(() => numbers('threeone')).to.throw(/first 5 are 1 pictures/);
    expect(() => picturesIn(Buffer.from('x'), [])).to.throw(/it sent none/);
  });
});
