import { expect } from 'chai';
import { encodeIpp } from '../ipp/encode-ipp.ts';
import { strings } from '../ipp/ipp-lookup.ts';
import { describeExchange } from './describe-exchange.ts';
import { HttpReader, type HttpMessage } from './http-reader.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function read(...pieces: readonly Uint8Array[]): HttpMessage[] {
  const messages: HttpMessage[] = [];
  const reader = new HttpReader((message) => messages.push(message));
  for (const piece of pieces) reader.feed(piece);
  return messages;
}

const two = bytes('POST /a HTTP/1.1\r\nContent-Length: 5\r\nX: y\r\n\r\nhelloHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nT: r\r\n\r\nGET /b HTTP/1.1\r\n\r\n');

describe('HttpReader', () => {
  it('reads bodies by length, by chunks and none, wherever the stream is split', () => {
    for (let at = 0; at <= two.length; at += 1) {
      const messages = read(two.subarray(0, at), two.subarray(at));
      expect(messages.map(({ line, body, bodyLength }) => `${line} ${Buffer.from(body).toString()} ${bodyLength}`), `split at ${at}`).to.deep.equal(['POST /a HTTP/1.1 hello 5', 'HTTP/1.1 200 OK abcdefg 7', 'GET /b HTTP/1.1  0']);
    }
    expect(read(...[...two].map((byte) => Uint8Array.of(byte)))).to.have.length(3);
  });

  it('keeps the beginning of a long body and counts all of it', () => {
    const [message] = read(bytes('PUT / HTTP/1.1\r\ncontent-length: 200000\r\n\r\n'), new Uint8Array(200_000));
    expect([message?.body.length, message?.bodyLength]).to.deep.equal([65_536, 200_000]);
  });

  it('passes over what is no HTTP, however long, and reads on behind it', () => {
    const messages = read(bytes('\0\0%!PS garbage\n'), bytes('A'.repeat(100_000)), bytes('\nGET /c HTTP/1.1\r\n\r\n'));
    expect(messages.map(({ line }) => line)).to.deep.equal(['GET /c HTTP/1.1']);
  });
});

describe('describeExchange', () => {
  const message = (line: string, type: string, body: Uint8Array): HttpMessage => ({ line, headers: new Map([['content-type', type]]), body, bodyLength: body.length });

  it('names the operation of IPP, its job and its status, with all attributes', () => {
    const request = encodeIpp({ version: [2, 0], code: 2, requestId: 1, groups: [{ tag: 'operation', attributes: [strings('job-name', 'nameWithoutLanguage', 'Work sheet')] }] });
    const reply = encodeIpp({ version: [2, 0], code: 0x0406, requestId: 1, groups: [] });
    const said = describeExchange(message('POST /ipp/print HTTP/1.1', 'application/ipp', request), message('HTTP/1.1 200 OK', 'application/ipp', reply));
    expect(said).to.include({ protocol: 'ipp', asked: 'Print-Job "Work sheet"', answered: 'client-error-not-found', ok: false });
    expect(said.request).to.contain('job-name = Work sheet');
  });

  it('shows the XML of eSCL, and says what came instead of an answer', () => {
    const said = describeExchange(message('POST /eSCL/ScanJobs HTTP/1.1', 'text/xml', bytes('<scan/>')), message('HTTP/1.1 503 Busy', '', bytes('')));
    expect(said).to.include({ protocol: 'escl', asked: 'POST ScanJobs', answered: '503 Busy', ok: false });
    expect(said.request).to.contain('<scan/>');
  });

  it('goes by the first line where what says it is IPP is none', () => {
    expect(describeExchange(message('POST /ipp/print HTTP/1.1', 'application/ipp', bytes('nonsense')), message('HTTP/1.1 200 OK', 'application/ipp', bytes('')))).to.include({ protocol: 'http', asked: 'POST /ipp/print' });
  });
});
