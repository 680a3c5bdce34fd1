import { expect } from 'chai';
import type { PageCounter } from './page-counter.ts';
import { PdfPageCounter } from './pdf-page-counter.ts';
import { appleRaster, pwgRaster, RasterPageCounter } from './raster-page-counter.ts';
import { applePage, pwgPage } from './testing/raster-pages.ts';

// 5 grey pixels a line: a repeat of 3, then 2 literals; the second line repeated twice; then a line of one run.
const gray = [0, 2, 0x11, 255, 0x22, 0x33, 1, 4, 0x44, 0, 4, 0x55];
const rgb = [0, 1, 1, 2, 3, 255, 4, 5, 6, 7, 8, 9];
const pwg = Buffer.concat([Buffer.from('RaS2'), pwgPage(5, 4, 8, gray), pwgPage(4, 1, 24, rgb), pwgPage(12, 1, 1, [0, 1, 0xff])]);
const urf = Buffer.concat([Buffer.from('UNIRAST\0\0\0\0\x02', 'latin1'), applePage(5, 4, 8, gray), applePage(4, 3, 24, [0, 1, 1, 2, 3, 128, 1, 128])]);

function count(counter: PageCounter, ...pieces: readonly Uint8Array[]): ReturnType<PageCounter['finish']> {
  for (const piece of pieces) counter.push(piece);
  return counter.finish();
}

describe('page counters', () => {
  it('count PWG raster, split at every offset', () => {
    for (let at = 0; at <= pwg.length; at += 1) {
      const result = count(new RasterPageCounter(pwgRaster), pwg.subarray(0, at), pwg.subarray(at));
      expect(result.problem, `split at ${at}`).to.equal(undefined);
      expect(result.pages).to.equal(3);
      expect(result.headers[1]).to.deep.equal({ width: 4, height: 1, bitsPerPixel: 24, resolution: 150 });
    }
  });

  it('count Apple raster with lines that end in white, split at every offset', () => {
    for (let at = 0; at <= urf.length; at += 1) {
      const result = count(new RasterPageCounter(appleRaster), urf.subarray(0, at), urf.subarray(at));
      expect(result).to.deep.equal({ pages: 2, headers: [{ width: 5, height: 4, bitsPerPixel: 8, resolution: 300 }, { width: 4, height: 3, bitsPerPixel: 24, resolution: 300 }] });
    }
  });

  it('say where a document breaks off', () => {
    expect(count(new RasterPageCounter(pwgRaster), pwg.subarray(0, 1804)).problem).to.match(/byte 1804: page 1 ends 3 lines early/);
    expect(count(new RasterPageCounter(pwgRaster), pwg.subarray(0, 1900)).problem).to.match(/byte 1900: ends in the middle of a header/);
    expect(count(new RasterPageCounter(pwgRaster)).problem).to.match(/middle of a header/);
  });

  it('say what is wrong with a document', () => {
    expect(count(new RasterPageCounter(pwgRaster), Buffer.from('nonsense')).problem).to.match(/byte 0: does not begin with RaS2/);
    const run = Buffer.concat([Buffer.from('RaS2'), pwgPage(5, 4, 8, [0, 5, 0])]);
    expect(count(new RasterPageCounter(pwgRaster), run).problem).to.match(/byte 1801: a run of 6 pixels where the line has 5 left/);
    const reserved = Buffer.concat([Buffer.from('RaS2'), pwgPage(5, 4, 8, [0, 128])]);
    expect(count(new RasterPageCounter(pwgRaster), reserved).problem).to.match(/128 is reserved/);
    const repeat = Buffer.concat([Buffer.from('RaS2'), pwgPage(5, 4, 8, [4])]);
    expect(count(new RasterPageCounter(pwgRaster), repeat).problem).to.match(/repeated 5 times where 4 lines/);
    expect(count(new RasterPageCounter(pwgRaster), Buffer.concat([Buffer.from('RaS2'), pwgPage(0, 4, 8, [])])).problem).to.match(/header of 0 x 4/);
  });

  it('count the pages of a PDF, split at every offset', () => {
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj << /Type /Pages /Count 2 >>\n2 0 obj << /Type /Page >>\n3 0 obj << /Type/Page/Parent 1 0 R >>\n%%EOF\n');
    for (let at = 0; at <= pdf.length; at += 1) expect(count(new PdfPageCounter(), pdf.subarray(0, at), pdf.subarray(at))).to.deep.equal({ pages: 2, headers: [] });
    expect(count(new PdfPageCounter(), pdf, Buffer.alloc(5000, 0x20), pdf).pages).to.equal(4);
    expect(count(new PdfPageCounter(), pdf.subarray(0, 60)).problem).to.equal('PDF: no %%EOF in its last bytes');
    expect(count(new PdfPageCounter(), Buffer.from('hello world %%EOF')).problem).to.match(/does not begin/);
  });
});
