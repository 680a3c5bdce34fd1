import { expect } from 'chai';
import { writePayloadHeader } from './payload-header.ts';
import { decodeStreamControl, encodeStreamControl } from './stream-control.ts';
import { readVideoFormats } from './video-formats.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** Of an IPEVO Point 2 View, as lsusb printed them in a public report. */
const real = [
  '0f 24 01 02 ea 01 82 00 02 02 01 00 01 00 00',
  '1b 24 04 01 07 59 55 59 32 00 00 10 00 80 00 00 aa 00 38 9b 71 10 01 00 00 00 00',
  '1e 24 05 01 00 80 02 e0 01 00 00 0d 2f 00 00 0d 2f 00 60 09 00 15 16 05 00 01 15 16 05 00',
  '1e 24 05 02 00 40 01 f0 00 c0 00 03 4b c0 00 03 4b 00 58 02 00 15 16 05 00 01 15 16 05 00',
  '1e 24 05 01 00 80 02 e0 01 00 00 0d 2f 00 00 0d 2f 00 60 09 00 15 16 05 00 01 15 16 05 00',
  '0b 24 06 02 07 00 01 00 00 00 00',
  '1e 24 07 06 00 40 06 b0 04 00 00 0e a6 00 00 0e a6 00 98 3a 00 d0 12 13 00 01 d0 12 13 00',
].map(bytes);

describe('video formats', () => {
  it('are read from the descriptors of a real camera, repeated frames once', () => {
    expect(readVideoFormats(real)).to.deep.equal([
      {
        index: 1,
        kind: 'yuy2',
        frames: [
          { index: 1, width: 640, height: 480, maxBytes: 614_400, intervals: [333_333] },
          { index: 2, width: 320, height: 240, maxBytes: 153_600, intervals: [333_333] },
        ],
      },
      { index: 2, kind: 'mjpeg', frames: [{ index: 6, width: 1600, height: 1200, maxBytes: 3_840_000, intervals: [1_250_000] }] },
    ]);
  });

  it('have their default interval first, also where a range is told', () => {
    const frame = bytes('26 24 07 01 00 80 02 e0 01 00 00 0d 2f 00 00 0d 2f 00 60 09 00 40 0d 03 00 00 80 84 1e 00 15 16 05 00 01 00 00 00');
    expect(readVideoFormats([real[5]!, frame])[0]?.frames[0]?.intervals).to.deep.equal([200_000, 2_000_000, 333_333]);
  });

  it('are refused wherever they are cut off, with the number of the descriptor', () => {
    for (const [at, whole] of real.entries()) {
      if (at === 0) continue;
      for (let length = 3; length < whole.length; length += 1) {
        expect(() => readVideoFormats([...real.slice(0, at), whole.subarray(0, length)]), `descriptor ${at} cut at ${length}`).to.throw(RangeError, `descriptor ${at}`);
      }
    }
    expect(() => readVideoFormats([real[2]!])).to.throw(RangeError, 'before any format');
  });
});

describe('stream control', () => {
  const control = { hint: 1, format: 2, frame: 1, interval: 333_333, delay: 32, maxFrameBytes: 614_400, maxPayloadBytes: 3060 };

  it('has golden bytes in both lengths', () => {
    const short = '0100' + '02' + '01' + '15160500' + '00'.repeat(8) + '2000' + '00600900' + 'f40b0000';
    expect(encodeStreamControl(control, 26, 6_000_000).toString('hex')).to.equal(short);
    expect(encodeStreamControl(control, 34, 6_000_000).toString('hex')).to.equal(`${short}808d5b0003000000`);
  });

  it('is read back, and not read when it is too short', () => {
    for (const length of [26, 34] as const) {
      const encoded = encodeStreamControl(control, length, 6_000_000);
      expect(decodeStreamControl(encoded)).to.deep.equal(control);
      for (let cut = 0; cut < 26; cut += 1) expect(decodeStreamControl(encoded.subarray(0, cut))).to.equal(undefined);
    }
  });
});

describe('payload header', () => {
  it('has golden bytes', () => {
    const header = Buffer.alloc(12);
    writePayloadHeader({ frameId: 1, endOfFrame: false, presentationTime: 0x01020304, sourceClock: 0x1_0000_0005, busFrame: 0x0fff }, header);
    expect(header.toString('hex')).to.equal('0c8d' + '04030201' + '05000000' + 'ff07');
    writePayloadHeader({ frameId: 0, endOfFrame: true, presentationTime: 0, sourceClock: 0, busFrame: 0 }, header);
    expect(header.toString('hex', 0, 2)).to.equal('0c8e');
  });
});
