import { expect } from 'chai';
import { decodeRaster } from './decode-raster.ts';
import { applePage, pwgPage } from './testing/raster-pages.ts';

const gray = [0, 2, 0x11, 255, 0x22, 0x33, 1, 4, 0x44];
const pwg = Buffer.concat([Buffer.from('RaS2'), pwgPage(5, 3, 8, gray), pwgPage(12, 1, 1, [0, 255, 0xf0, 0x10])]);
const urf = Buffer.concat([Buffer.from('UNIRAST\0\0\0\0\x02', 'latin1'), applePage(3, 2, 24, [1, 0, 1, 2, 3, 128]), applePage(2, 1, 8, [0, 1, 9])]);

describe('decoding raster', () => {
  it('unpacks grey and black PWG pages', () => {
    const { pages, problem } = decodeRaster(pwg);
    expect(problem).to.equal(undefined);
    expect(pages.map(({ picture, dotsPerInch }) => [picture.width, picture.height, picture.channels, dotsPerInch])).to.deep.equal([[5, 3, 1, 150], [12, 1, 1, 150]]);
    expect([...pages[0]!.picture.data]).to.deep.equal([0x11, 0x11, 0x11, 0x22, 0x33, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44]);
    expect([...pages[1]!.picture.data]).to.deep.equal([0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 0]);
  });

  it('unpacks Apple pages, with lines that end in white', () => {
    const { pages, problem } = decodeRaster(urf);
    expect(problem).to.equal(undefined);
    expect([...pages[0]!.picture.data]).to.deep.equal([1, 2, 3, 255, 255, 255, 255, 255, 255, 1, 2, 3, 255, 255, 255, 255, 255, 255]);
    expect([...pages[1]!.picture.data]).to.deep.equal([9, 9]);
  });

  it('gives the whole pages of a document that is cut off anywhere, and says where', () => {
    for (let length = 0; length < pwg.length; length += 1) {
      const { pages, problem } = decodeRaster(pwg.subarray(0, length));
      const first = 4 + 1796 + gray.length;
      expect(pages.length, `cut at ${length}`).to.equal(length < first ? 0 : 1);
      if (length !== 4 && length !== first) expect(problem, `cut at ${length}`).to.match(/byte \d+/);
    }
  });

  it('says what is wrong', () => {
    const one = (data: readonly number[], bits = 8, width = 5): string | undefined => decodeRaster(Buffer.concat([Buffer.from('RaS2'), pwgPage(width, 3, bits, data)])).problem;
    expect(decodeRaster(Buffer.from('nonsense')).problem).to.match(/neither PWG nor Apple/);
    expect(one([0, 5, 0])).to.match(/byte 1801: page 1: a run of 6 pixels/);
    expect(one([0, 128])).to.match(/128 is reserved/);
    expect(one([3])).to.match(/repeated 4 times where 3/);
    expect(one([0], 16)).to.match(/16 bits a pixel/);
    expect(one([], 8, 2 ** 30)).to.match(/a header of/);
  });
});
