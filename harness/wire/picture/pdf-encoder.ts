import { encodeJpeg } from './jpeg-encoder.ts';
import type { RowSource } from './picture.ts';

/**
 * A PDF 1.4 of one page that is one JPEG, in pieces. The length of the picture is an object after it (ISO 32000-1, 7.3.8.2), so
 * nothing has to be held back.
 */
export function* encodePdf(source: RowSource, quality: number, dotsPerInch: readonly [number, number]): Generator<Uint8Array> {
  const width = ((source.width * 72) / dotsPerInch[0]).toFixed(3);
  const height = ((source.height * 72) / dotsPerInch[1]).toFixed(3);
  const offsets: number[] = [];
  let position = 0;
  const bytes = (text: string): Uint8Array => {
    const encoded = new TextEncoder().encode(text);
    position += encoded.length;
    return encoded;
  };
  const object = (number: number, body: string): Uint8Array => {
    offsets[number] = position;
    return bytes(`${number} 0 obj\n${body}\nendobj\n`);
  };
  yield bytes('%PDF-1.4\n');
  yield object(1, '<< /Type /Catalog /Pages 2 0 R >>');
  yield object(2, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>');
  yield object(3, `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>`);
  const contents = `q ${width} 0 0 ${height} 0 0 cm /I Do Q`;
  yield object(4, `<< /Length ${contents.length} >>\nstream\n${contents}\nendstream`);
  offsets[5] = position;
  const space = source.channels === 3 ? '/DeviceRGB' : '/DeviceGray';
  yield bytes(
    `5 0 obj\n<< /Type /XObject /Subtype /Image /Width ${source.width} /Height ${source.height} /ColorSpace ${space} /BitsPerComponent 8 /Filter /DCTDecode /Length 6 0 R >>\nstream\n`,
  );
  const start = position;
  for (const piece of encodeJpeg(source, quality, dotsPerInch)) {
    position += piece.length;
    yield piece;
  }
  const length = position - start;
  yield bytes('\nendstream\nendobj\n');
  yield object(6, String(length));
  const table = position;
  const entries = offsets.slice(1).map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  yield bytes(`xref\n0 7\n0000000000 65535 f \n${entries.join('')}trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
}
