import { expect } from 'chai';
import { encodeIpp } from '../../wire/ipp/encode-ipp.ts';
import { strings } from '../../wire/ipp/ipp-lookup.ts';
import { ippDifference, ippOperation } from './ipp-difference.ts';

const request = (code: number, agent: string, ...wanted: readonly string[]): Uint8Array => {
  const body = encodeIpp({ version: '2.0', code, requestId: 1, groups: [{ tag: 'operation', attributes: [strings('attributes-charset', 'charset', 'utf-8'), strings('requested-attributes', 'keyword', ...wanted)] }], data: new Uint8Array(0) } as unknown as Parameters<typeof encodeIpp>[0]);
  return Uint8Array.from(Buffer.concat([Buffer.from(`POST /ipp/print HTTP/1.1\r\nUser-Agent: ${agent}\r\n\r\n`), body]));
};

describe('what two requests of IPP say differently', () => {
  it('is told by operation, attribute and value, and not by what the client calls itself', () => {
    const found = ippDifference(request(0x000b, 'CUPS/2.4.2', 'media-col', 'all'), request(0x000b, 'CUPS/2.4.10', 'all', 'job-presets'));
    expect(found).to.deep.equal({ expected: 'Get-Printer-Attributes with requested-attributes: media-col', found: 'Get-Printer-Attributes with requested-attributes: job-presets' });
    expect(ippOperation(request(0x000b, 'x', 'all'))).to.equal('Get-Printer-Attributes');
  });

  it('is not told of what is no IPP, or cut', () => {
    expect(ippDifference(Buffer.from('GET / HTTP/1.1\r\n\r\n'), request(0x000b, 'x', 'all'))).to.equal(undefined);
    expect(ippDifference(request(0x000b, 'x', 'all').subarray(0, 70), request(0x000b, 'x', 'all'))).to.equal(undefined);
  });
});
