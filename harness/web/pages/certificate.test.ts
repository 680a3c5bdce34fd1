import { expect } from 'chai';
import decodeQR from 'qr/decode.js';
import encodeQR from 'qr';
import type { AnsweredDevice, ImageAnswer } from '../../db/answers/device-answer.ts';
import { certificateNumber } from './certificate-number.ts';
import { qrCode } from './qr-code.ts';

describe('qrCode', () => {
  it('draws the dark squares of a code that reads as the address', () => {
    const address = 'https://hw.example.org/ru/c/kyocera-ecosys-m2040dn/debian-12';
    const svg = qrCode(address, 'Address').text;
    const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
    const scale = 4;
    const data = new Uint8ClampedArray((size * scale) ** 2 * 4).fill(255);
    for (const [, x = '', y = ''] of svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
      for (let row = 0; row < scale; row += 1) {
        for (let column = 0; column < scale; column += 1) data.fill(0, ((Number(y) * scale + row) * size * scale + Number(x) * scale + column) * 4, ((Number(y) * scale + row) * size * scale + Number(x) * scale + column) * 4 + 3);
      }
    }
    expect(decodeQR({ width: size * scale, height: size * scale, data })).to.equal(address);
    expect(svg).to.contain(`aria-label="Address: ${address}"`);
  });

  it('escapes the address, and leaves out one that no phone would read', () => {
    expect(qrCode('https://x/"><script>', '<b>').text).to.not.match(/<script|<b>/);
    expect(qrCode(`https://x/${'a'.repeat(500)}`, 'x').text).to.equal('');
    expect(encodeQR('x', 'raw').length).to.be.above(20);
  });
});

describe('certificateNumber', () => {
  const device = { id: 'a' } as AnsweredDevice;
  const answer = { image: 'i', headline: 'works', level: 'E4', lastTestedAt: '2026-11-22T00:00:00Z', valid: null, limits: [], needs: [], evidence: [], environment: null } as unknown as ImageAnswer;

  it('is the same for the same answer and another for any other', () => {
    const number = certificateNumber(device, answer);
    expect(number).to.match(/^HWL-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(certificateNumber({ ...device }, { ...answer })).to.equal(number);
    const others = [{ image: 'j' }, { headline: 'certified' }, { level: 'E5' }, { lastTestedAt: '2026-11-23T00:00:00Z' }, { limits: [{ feature: 'f' }] }, { evidence: [{ result: 'r' }] }] as unknown as readonly Partial<ImageAnswer>[];
    const numbers = others.map((change) => certificateNumber(device, { ...answer, ...change }));
    expect(new Set([number, certificateNumber({ ...device, id: 'b' }, answer), ...numbers]).size).to.equal(others.length + 2);
  });
});
