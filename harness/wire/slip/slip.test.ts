import { expect } from 'chai';
import { encodeSlip, SlipReader } from './slip.ts';

const hex = (frames: Iterable<Uint8Array>): string[] => [...frames].map((frame) => Buffer.from(frame).toString('hex'));

describe('SLIP frames', () => {
  it('escape END and ESC as RFC 1055 has it', () => {
    expect(Buffer.from(encodeSlip(Buffer.from('01c0db02', 'hex'))).toString('hex')).to.equal('c001dbdcdbdd02c0');
  });

  it('come back whole however the bytes are cut', () => {
    const sent = [Buffer.from('00c0dbdcdd', 'hex'), Buffer.from('ff', 'hex')];
    const line = Buffer.concat(sent.map(encodeSlip));
    for (let at = 0; at <= line.length; at += 1) {
      const reader = new SlipReader(16);
      expect(hex([...reader.feed(line.subarray(0, at)), ...reader.feed(line.subarray(at))]), `cut at ${at}`).to.deep.equal(hex(sent));
    }
  });

  it('are left out when an escape is wrong, unfinished, or the frame is too long; the next one is read', () => {
    const reader = new SlipReader(4);
    expect(hex(reader.feed(Buffer.from('c001db01c0' + 'c001dbc0' + 'c00102030405c0' + 'c00708c0', 'hex')))).to.deep.equal(['0708']);
  });
});
