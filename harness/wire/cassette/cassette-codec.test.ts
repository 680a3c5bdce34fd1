import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CassetteEvent, CassetteHead } from './cassette.ts';
import { readCassette } from './read-cassette.ts';
import { cassetteEndLine, cassetteHeadLine, cassetteLine } from './write-cassette.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const head: CassetteHead = {
  schema: 'hwlab/cassette/1',
  origin: 'emulation',
  recordedAt: '2026-11-22T10:00:00.000Z',
  model: { id: 'arduino-uno-r3', emulator: 'arduino-uno', usb: {} },
  environment: { kernel: '6.1.0' },
  scrubbed: [],
};
const events: readonly CassetteEvent[] = [
  { t: 0, from: 'suite', kind: 'plug' },
  { t: 1.25, from: 'host', kind: 'control', endpoint: 0, setup: { requestType: 0x21, request: 0x20, value: 0, index: 0, length: 7 }, status: 'ok', data: Uint8Array.of(0x80, 0x25, 0, 0, 0, 0, 8), meaning: 'SET_LINE_CODING' },
  { t: 2, from: 'host', kind: 'bulk', endpoint: 4, status: 'ok', data: Uint8Array.of(0x30, 0x20) },
  { t: 2, from: 'device', kind: 'bulk', endpoint: 0x83, status: 'ok', data: Uint8Array.of(0x14, 0x10) },
  { t: 3.5, from: 'suite', kind: 'call', name: 'print' },
];

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof HwlabError ? error.code : String(error);
  }
  return 'nothing was thrown';
}

function write(of: readonly CassetteEvent[] = events, first: unknown = head): Buffer {
  const body = cassetteHeadLine(first as CassetteHead) + of.map(cassetteLine).join('');
  return Buffer.from(body + cassetteEndLine(of.length, sha256(Buffer.from(body))));
}
const read = (bytes: Uint8Array): ReturnType<typeof readCassette> => readCassette(bytes, sha256);

describe('cassette codec', () => {
  it('reads what it wrote, byte for byte', () => {
    const { head: readHead, events: readEvents } = read(write());
    expect(readHead).to.deep.equal(head);
    expect(readEvents).to.deep.equal(events);
  });

  it('refuses a file that is cut at any byte', () => {
    const whole = write();
    for (let length = 0; length < whole.length; length++) expect(codeOf(() => read(whole.subarray(0, length))), `${length} bytes`).to.equal('cassette-cut');
  });

  it('refuses a file in which any byte was changed', () => {
    const whole = write();
    for (let at = 0; at < whole.length; at++) {
      const edited = Buffer.from(whole);
      edited[at] = (edited[at] ?? 0) ^ 0x01;
      expect(codeOf(() => read(edited)), `byte ${at}`).to.match(/^cassette-/);
    }
  });

  it('refuses what is newer, no cassette, or out of order, and says which line', () => {
    expect(codeOf(() => read(write(events, { ...head, schema: 'hwlab/cassette/2' })))).to.equal('cassette-newer');
    expect(codeOf(() => read(write(events, { ...head, schema: 'har' })))).to.equal('cassette-malformed');
    expect(codeOf(() => read(write(events, { ...head, model: { id: 'x' } })))).to.equal('cassette-malformed');
    expect(() => read(write([...events, { t: 1, from: 'host', kind: 'reset' }]))).to.throw(/line 7: "t"/);
    expect(() => read(write([{ t: 1e300, from: 'host', kind: 'reset' }]))).to.throw(/line 2: "t"/);
    expect(() => read(write([{ t: 0, from: 'host', kind: 'control' }]))).to.throw(/line 2: .*setup/);
    expect(() => read(write([{ t: 0, from: 'device', kind: 'bulk' }]))).to.throw(/line 2: .*endpoint/);
    expect(() => read(write([{ t: 0, from: 'device', kind: 'bulk', endpoint: 0x200 }]))).to.throw(/line 2: .*endpoint/);
  });

  it('keeps what was made unreadable, and refuses stretches that are none of the bytes', () => {
    const bulk = { t: 0, from: 'host', kind: 'bulk', endpoint: 1, data: Uint8Array.of(1, 0, 0, 4) } as const;
    expect(read(write([{ ...bulk, hidden: [[1, 3]] }])).events[0]?.hidden).to.deep.equal([[1, 3]]);
    for (const hidden of [[[1, 5]], [[2, 2]], [[-1, 1]], [[1, 3], [2, 4]], [[1]], [1], 'all', [[0.5, 1]], { length: 1 }]) {
      expect(() => read(write([{ ...bulk, hidden } as unknown as CassetteEvent])), JSON.stringify(hidden)).to.throw(/line 2: "hidden"/);
    }
  });

  it('refuses lines after the end', () => {
    expect(codeOf(() => read(Buffer.concat([write(), Buffer.from('{"t":9}\n')])))).to.equal('cassette-edited');
  });
});
