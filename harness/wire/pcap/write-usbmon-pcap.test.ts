import { expect } from 'chai';
import type { CassetteEvent } from '../cassette/cassette.ts';
import { readUsbPackets } from '../usbmon/read-usbmon-packets.ts';
import { writeUsbmonPcap } from './write-usbmon-pcap.ts';

const setup = { requestType: 0xa1, request: 0, value: 0, index: 0x0100, length: 1023 };
const events: readonly CassetteEvent[] = [
  { t: 0, from: 'suite', kind: 'plug' },
  { t: 1.5, from: 'host', kind: 'control', endpoint: 0x80, setup, status: 'ok', data: Uint8Array.from(Buffer.from('\x00\x08MFG:X;')) },
  { t: 2, from: 'host', kind: 'bulk', endpoint: 0x01, status: 'ok', data: Uint8Array.of(1, 2, 3) },
  { t: 3, from: 'device', kind: 'interrupt', endpoint: 0x82, status: 'ok', data: Uint8Array.of(9) },
  { t: 4, from: 'device', kind: 'bulk', endpoint: 0x83, status: 'stall' },
];

describe('writeUsbmonPcap', () => {
  it('writes for each transfer a submission and a completion that our reader of usbmon captures understands', () => {
    const start = Date.UTC(2026, 10, 22, 10, 0, 0);
    const read = [...readUsbPackets(writeUsbmonPcap(events, start))];
    expect(read.map(({ type, transfer, endpoint, status }) => `${type} ${transfer} ${endpoint} ${status}`)).to.deep.equal([
      'submitted control 128 -115',
      'completed control 128 0',
      'submitted bulk 1 -115',
      'completed bulk 1 0',
      'submitted interrupt 130 -115',
      'completed interrupt 130 0',
      'submitted bulk 131 -115',
      'completed bulk 131 -32',
    ]);
    expect(read[0]?.setup).to.deep.equal(setup);
    expect(read.map(({ data }) => Buffer.from(data).toString('latin1'))).to.deep.equal(['', '\x00\x08MFG:X;', '\x01\x02\x03', '', '', '\x09', '', '']);
    expect(read[0]?.time).to.equal(start * 1000 + 1500);
    expect(new Set(read.map(({ id }) => id)).size).to.equal(4);
  });

  it('keeps the length of a transfer whose bytes are too many for a packet', () => {
    const [submitted] = [...readUsbPackets(writeUsbmonPcap([{ t: 0, from: 'host', kind: 'bulk', endpoint: 1, status: 'ok', data: new Uint8Array(300_000) }], 0))];
    expect(submitted?.length).to.equal(300_000);
    expect(submitted?.data.length).to.equal(2 ** 18 - 64);
  });
});
