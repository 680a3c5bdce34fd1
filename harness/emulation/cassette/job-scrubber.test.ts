import { expect } from 'chai';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { HttpScrubber, JobHider, PageScrubber, hideJob, type JobScrubber } from './job-scrubber.ts';

/** What is left of a stream when it comes in pieces of a size; hidden bytes are shown as `.`. */
function left(make: () => JobScrubber, text: string, size: number): string {
  const scrubber = make();
  const bytes = Buffer.from(text, 'latin1');
  let shown = '';
  for (let at = 0; at < bytes.length; at += size) {
    const { data, hidden } = hideJob(bytes.subarray(at, at + size), scrubber);
    const part = Buffer.from(data);
    for (const [from, to] of hidden) {
      expect(part.subarray(from, to).every((byte) => byte === 0)).to.equal(true);
      part.fill('.', from, to);
    }
    shown += part.toString('latin1');
  }
  return shown;
}

const cases: readonly (readonly [string, () => JobScrubber, string, string])[] = [
  [
    'a job of a raw printer',
    () => new PageScrubber(),
    '\x1b%-12345X@PJL JOB NAME="marks of 7b"\r\n@PJL COMMENT from room12\r\n@PJL SET COPIES=2\r\n@PJL ENTER LANGUAGE=PCL\r\n\x1bE@PJL secret\x1b%-12X more\x1b%-12345X@PJL EOJ\r\n',
    '\x1b%-12345X@PJL JOB NAME="..........."\r\n@PJL COMMENT............\r\n@PJL SET COPIES=2\r\n@PJL ENTER LANGUAGE=PCL\r\n\x1b............\x1b%-12......\x1b%-12345X@PJL EOJ\r\n',
  ],
  ['a page without PJL', () => new PageScrubber(), '%!PS\nIvan Petrov\nshowpage\n', '........................'.padEnd(26, '.')],
  [
    'IPP with a length, then a request without a body',
    () => new HttpScrubber(),
    'POST /ipp/print HTTP/1.1\r\nHost: room12.school57\r\nContent-Type: application/ipp\r\nContent-Length: 20\r\n\r\n\x02\x00\x00\x02\x00\x00\x00\x09job-of-petroGET / HTTP/1.1\r\nUser-Agent: cups\r\n\r\nGET /',
    'POST /ipp/print HTTP/1.1\r\nHost:................\r\nContent-Type: application/ipp\r\nContent-Length: 20\r\n\r\n\x02\x00\x00\x02\x00\x00\x00\x09............GET / HTTP/1.1\r\nUser-Agent:.....\r\n\r\nGET /',
  ],
  ['a body in chunks', () => new HttpScrubber(), 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nmarks\r\na\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n.....\r\na\r\n..........\r\n0\r\n\r\nGET / HTTP/1.1\r\n'],
];

describe('what a cassette of a real printer keeps', () => {
  for (const [name, make, text, kept] of cases) {
    it(`of ${name}, in whatever pieces it comes`, () => {
      for (const size of [1, 2, 3, 7, 64, text.length]) expect(left(make, text, size), `pieces of ${size}`).to.equal(kept);
    });
  }

  it('of an endpoint that raw printing and IPP over USB share: by the alternate setting, anew at each plug', () => {
    const alternate = (protocol: number): unknown => ({ class: [7, 1, protocol], endpoints: [{ address: '0x01', type: 'bulk', maxPacketSize: 64 }] });
    const usb = { configuration: { interfaces: [{ number: 0, alternates: [alternate(2), alternate(4)] }] } } as unknown as EmulatedModel['usb'];
    const hider = new JobHider({ usb });
    const sent = (text: string): string => Buffer.from(hider.hide({ t: 0, from: 'host', kind: 'bulk', endpoint: 1, status: 'ok', data: Buffer.from(text) }).data ?? []).toString().replaceAll('\0', '.');
    const happens = (event: Omit<CassetteEvent, 't'>): CassetteEvent => hider.hide({ t: 0, ...event });
    const set = (status: string): CassetteEvent => happens({ from: 'host', kind: 'alternate', status, meaning: 'SET_INTERFACE 0 alternate 1' });
    expect(sent('Ivan Petrov\n')).to.equal('............');
    set('stall');
    expect(sent('Ivan Petrov\n')).to.equal('............');
    set('ok');
    expect(sent('POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nIvan')).to.equal('POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n....');
    happens({ from: 'suite', kind: 'plug' });
    set('ok');
    expect(sent('GET / HTTP/1.1\r\nHost: room12\r\n')).to.equal('GET / HTTP/1.1\r\nHost:.......\r\n');
  });
});
