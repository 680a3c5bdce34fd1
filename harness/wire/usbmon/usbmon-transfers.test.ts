import { expect } from 'chai';
import type { CassetteEvent } from '../cassette/cassette.ts';
import { writeUsbmonPcap } from '../pcap/write-usbmon-pcap.ts';
import { readUsbPackets } from './read-usbmon-packets.ts';
import { usbmonTransfers } from './usbmon-transfers.ts';

const setup = { requestType: 0x21, request: 0x20, value: 0, index: 0, length: 2 };
const events: readonly CassetteEvent[] = [
  { t: 0, from: 'suite', kind: 'plug' },
  { t: 0, from: 'host', kind: 'control', endpoint: 0, setup, status: 'ok', data: Uint8Array.of(7, 8) },
  { t: 2, from: 'host', kind: 'bulk', endpoint: 1, status: 'ok', data: Uint8Array.of(1, 2, 3) },
  { t: 3, from: 'device', kind: 'interrupt', endpoint: 0x82, status: 'ok', data: Uint8Array.of(9) },
  { t: 4.25, from: 'device', kind: 'bulk', endpoint: 0x83, status: 'stall' },
];

describe('usbmonTransfers', () => {
  it('gives back the transfers that were written as a capture', () => {
    const start = Date.UTC(2026, 10, 22);
    const { events: read, cut, isochronous, start: began } = usbmonTransfers(readUsbPackets(writeUsbmonPcap(events, start)), 1, 1);
    expect(read).to.deep.equal(events);
    expect({ cut, isochronous, began }).to.deep.equal({ cut: 0, isochronous: 0, began: start });
  });

  it('counts transfers of which the capture has only a part', () => {
    const long: CassetteEvent = { t: 1, from: 'host', kind: 'bulk', endpoint: 1, status: 'ok', data: new Uint8Array(400_000) };
    expect(usbmonTransfers(readUsbPackets(writeUsbmonPcap([long], 0)), 1, 1)).to.include({ cut: 1 });
  });

  it('knows no other device', () => {
    expect(() => usbmonTransfers(readUsbPackets(writeUsbmonPcap(events, 0)), 1, 2)).to.throw(/device 2 of bus 1 has no transfer/);
  });
});
