import { expect } from 'chai';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { comparePictures } from './compare-pictures.ts';
import { encodeJpeg } from './jpeg-encoder.ts';
import { encodePdf } from './pdf-encoder.ts';
import { encodePng } from './png-encoder.ts';
import { collectRows, cropPicture, rowsOf, type Picture } from './picture.ts';

/** Coloured blotches with soft edges, odd sizes. */
function sample(width: number, height: number, channels: 1 | 3): Picture {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i += 1) {
    const pixel = Math.floor(i / channels);
    data[i] = 128 + 100 * Math.sin((pixel % width) / 9 + (i % channels)) * Math.cos(Math.floor(pixel / width) / 7);
  }
  return { width, height, channels, data };
}

const join = (pieces: Iterable<Uint8Array>): Buffer => Buffer.concat([...pieces]);

function decoded(bytes: Buffer, like: Picture): Picture {
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true });
  const pick = Uint8Array.from({ length: width * height * like.channels }, (_value, i) => data[Math.floor(i / like.channels) * 4 + (i % like.channels)]!);
  return { width, height, channels: like.channels, data: pick };
}

describe('the picture encoders', () => {
  for (const channels of [1, 3] as const) {
    for (const [width, height] of [[1, 1], [8, 8], [17, 9], [250, 131]] as const) {
      const picture = sample(width, height, channels);
      it(`PNG keeps ${width} x ${height} x ${channels} exactly`, () => {
        const back = PNG.sync.read(join(encodePng(rowsOf(picture), 8, [150, 300])));
        const data = Uint8Array.from({ length: picture.data.length }, (_value, i) => back.data[Math.floor(i / channels) * 4 + (i % channels)]!);
        expect([back.width, back.height]).to.deep.equal([width, height]);
        expect(comparePictures(picture, { ...picture, data }).psnr).to.equal(Infinity);
      });
      it(`JPEG keeps ${width} x ${height} x ${channels} closely`, () => {
        const back = decoded(join(encodeJpeg(rowsOf(picture), 92, [150, 150])), picture);
        expect(comparePictures(picture, back).psnr).to.be.above(35);
      });
    }
  }

  it('JPEG survives the hardest blocks: noise, and blocks that need runs of zeros', () => {
    let seed = 1;
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, () => (seed = (seed * 48271) % 2147483647) & 255);
    const noise: Picture = { width: 64, height: 64, channels: 3, data };
    expect(comparePictures(noise, decoded(join(encodeJpeg(rowsOf(noise), 100, [75, 75])), noise)).psnr).to.be.above(40);
    const checks: Picture = { width: 64, height: 64, channels: 1, data: Uint8Array.from({ length: 4096 }, (_value, i) => ((i + (i >> 6)) & 1) * 255) };
    expect(comparePictures(checks, decoded(join(encodeJpeg(rowsOf(checks), 90, [75, 75])), checks)).psnr).to.be.above(30);
  });

  it('a grey JPEG has one component and a one-bit PNG has one bit', () => {
    const bytes = join(encodeJpeg(rowsOf(sample(16, 16, 1)), 90, [75, 75]));
    expect(bytes[bytes.indexOf(Buffer.from([0xff, 0xc0])) + 9]).to.equal(1);
    const png = join(encodePng(rowsOf(sample(61, 5, 1)), 1, [300, 300]));
    expect(png[24]).to.equal(1);
    expect(new Set(PNG.sync.read(png).data)).to.deep.equal(new Set([0, 255]));
  });

  it('takes the memory of some rows, whatever the size: pieces stay small', () => {
    const page = { width: 2480, height: 600, channels: 3 as const, readRow: (_y: number, into: Uint8Array) => void into.fill(200) };
    for (const encode of [encodePng(page, 8, [300, 300]), encodeJpeg(page, 90, [300, 300])]) {
      let largest = 0;
      for (const piece of encode) largest = Math.max(largest, piece.length);
      expect(largest).to.be.below(70_000);
    }
  });

  it('a PDF points at its objects and holds the JPEG', () => {
    const picture = sample(40, 30, 3);
    const bytes = join(encodePdf(rowsOf(picture), 90, [72, 72]));
    const text = bytes.toString('latin1');
    const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(table, table + 4)).to.equal('xref');
    const offsets = [...text.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    expect(offsets).to.have.length(6);
    offsets.forEach((offset, index) => expect(text.slice(offset, offset + 7)).to.equal(`${index + 1} 0 obj`));
    const length = Number(/6 0 obj\n(\d+)/.exec(text)?.[1]);
    const start = bytes.indexOf('stream\n', offsets[4]) + 7;
    expect(comparePictures(picture, decoded(bytes.subarray(start, start + length), picture)).psnr).to.be.above(35);
    expect(text).to.contain('/MediaBox [0 0 40.000 30.000]');
  });

  it('refuses what the formats cannot hold', () => {
    expect(() => [...encodePng(rowsOf(sample(4, 4, 3)), 1, [75, 75])]).to.throw(RangeError);
    expect(() => [...encodeJpeg({ width: 70_000, height: 1, channels: 1, readRow: () => undefined }, 90, [75, 75])]).to.throw(RangeError);
  });

  it('crops to the top left, and never makes larger', () => {
    const picture: Picture = { width: 3, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect(cropPicture(picture, 2, 2)).to.deep.equal({ width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 4, 5) });
    expect(cropPicture(picture, 9, 9)).to.deep.equal(picture);
  });

  it('likeness tells size, worst difference and count', () => {
    const a = collectRows(rowsOf(sample(4, 4, 1)));
    const b = { ...a, data: a.data.slice() };
    b.data[5]! ^= 0xff;
    expect(comparePictures(a, a).psnr).to.equal(Infinity);
    expect(comparePictures(a, b)).to.include({ sameSize: true, differing: 1 });
    expect(comparePictures(a, { ...a, width: 2, height: 8 })).to.include({ sameSize: false, psnr: 0, summary: 'expected 4 x 4 grey, got 2 x 8 grey' });
  });
});
