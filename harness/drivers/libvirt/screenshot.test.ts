import { expect } from 'chai';
import { PNG } from 'pngjs';
import { HwlabError } from '../../base/hwlab-error.ts';
import { ppmToPng } from './screenshot.ts';

describe('screenshot', () => {
  it('turns a PPM into a PNG with the same pixels', () => {
    const ppm = Buffer.concat([Buffer.from('P6\n# by hand\n2 1\n255\n'), Buffer.from([255, 0, 0, 1, 2, 3])]);
    const png = PNG.sync.read(PNG.sync.write(ppmToPng(ppm)));
    expect([png.width, png.height]).to.deep.equal([2, 1]);
    expect([...png.data]).to.deep.equal([255, 0, 0, 255, 1, 2, 3, 255]);
  });

  it('refuses what is not a whole picture', () => {
    for (const text of ['', 'P6\n2 2\n255\nabc', 'P5\n1 1\n255\na', 'P6\n0 1\n255\n', 'P6\n99999 99999\n255\n']) {
      expect(() => ppmToPng(Buffer.from(text)), text).to.throw(HwlabError, /neither/);
    }
  });
});
