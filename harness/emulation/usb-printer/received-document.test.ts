import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { DocumentSink } from './received-document.ts';

const pdf = Buffer.from('%PDF-1.4\n1 0 obj << /Type /Page >>\n%%EOF\n');

describe('received document', () => {
  it('has hash, length, format and pages, however the bytes were cut', () => {
    for (let at = 0; at <= pdf.length; at += 1) {
      const sink = new DocumentSink();
      sink.push(pdf.subarray(0, at));
      sink.push(pdf.subarray(at));
      const { format, length, sha256, pages } = sink.snapshot();
      expect({ format, length, sha256, pages }).to.deep.equal({
        format: 'application/pdf',
        length: pdf.length,
        sha256: createHash('sha256').update(pdf).digest('hex'),
        pages: { pages: 1, headers: [] },
      });
    }
  });

  it('keeps no more than the first mebibyte of a long document, and the hash of all', () => {
    const sink = new DocumentSink();
    const piece = Buffer.alloc(300_000, 'x');
    const hash = createHash('sha256');
    for (let count = 0; count < 10; count += 1) {
      sink.push(piece);
      hash.update(piece);
    }
    const document = sink.snapshot();
    expect([document.length, document.head.length, document.format]).to.deep.equal([3_000_000, 1024 * 1024, 'application/octet-stream']);
    expect(document.sha256).to.equal(hash.digest('hex'));
    expect(document.pages).to.equal(undefined);
  });

  for (const [begin, format] of [
    ['RaS2', 'image/pwg-raster'],
    ['UNIRAST\0', 'image/urf'],
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['%!PS', 'application/postscript'],
    ['\x1b%-12345X@PJL', 'application/vnd.hp-pjl'],
    ['\x1bE', 'application/vnd.hp-pcl'],
    ['', 'application/octet-stream'],
  ] as const) {
    it(`tells ${format} from its first bytes`, () => {
      const sink = new DocumentSink();
      sink.push(Buffer.from(begin, 'latin1'));
      expect(sink.snapshot().format).to.equal(format);
    });
  }
});
