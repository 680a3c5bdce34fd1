import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { emulatorCapabilities, qemuCapabilities } from './capabilities.ts';
import { layouts, type PacketName } from './layouts.ts';
import { endpointIndex, type RedirPacket } from './packet.ts';
import { RedirCodec } from './redir-codec.ts';

/** A pair of codecs that have each other's hello. */
function connected(host = emulatorCapabilities, guest = qemuCapabilities): { host: RedirCodec; guest: RedirCodec } {
  const pair = {
    host: new RedirCodec({ role: 'host', capabilities: host, version: 'hwlab' }),
    guest: new RedirCodec({ role: 'guest', capabilities: guest, version: 'qemu usb-redir guest 7.2' }),
  };
  pair.host.feed(pair.guest.hello(), () => undefined);
  pair.guest.feed(pair.host.hello(), () => undefined);
  return pair;
}

function feedAll(codec: RedirCodec, bytes: Uint8Array): RedirPacket[] {
  const packets: RedirPacket[] = [];
  codec.feed(bytes, (packet) => packets.push(packet));
  return packets;
}

function errorOf(body: () => unknown): HwlabError {
  try {
    body();
  } catch (error) {
    if (error instanceof HwlabError) return error;
    throw error;
  }
  throw new Error('no error');
}

const array32 = (value: number): number[] => Array.from({ length: 32 }, (_, index) => (index === 3 ? value : 0));

/** One packet of each name as its sender would write it. */
const samples: { readonly [N in Exclude<PacketName, 'hello'>]: Extract<RedirPacket, { name: N }> } = {
  deviceConnect: { name: 'deviceConnect', id: 0n, speed: 1, deviceClass: 2, deviceSubclass: 0, deviceProtocol: 0, vendorId: 0x2341, productId: 0x43, deviceVersion: 1 },
  deviceDisconnect: { name: 'deviceDisconnect', id: 0n },
  reset: { name: 'reset', id: 0n },
  interfaceInfo: { name: 'interfaceInfo', id: 0n, count: 2, numbers: array32(1), classes: array32(2), subclasses: array32(3), protocols: array32(4) },
  epInfo: { name: 'epInfo', id: 0n, types: array32(2), intervals: array32(9), interfaces: array32(1), maxPacketSizes: array32(512) },
  setConfiguration: { name: 'setConfiguration', id: 7n, configuration: 1 },
  getConfiguration: { name: 'getConfiguration', id: 8n },
  configurationStatus: { name: 'configurationStatus', id: 7n, status: 'ok', configuration: 1 },
  setAlternate: { name: 'setAlternate', id: 9n, interface: 1, alternate: 2 },
  getAlternate: { name: 'getAlternate', id: 9n, interface: 1 },
  alternateStatus: { name: 'alternateStatus', id: 9n, status: 'stall', interface: 1, alternate: 2 },
  startIso: { name: 'startIso', id: 1n, endpoint: 0x81, packetsPerUrb: 8, urbs: 2 },
  stopIso: { name: 'stopIso', id: 1n, endpoint: 0x81 },
  isoStatus: { name: 'isoStatus', id: 1n, status: 'invalid', endpoint: 0x81 },
  startInterrupt: { name: 'startInterrupt', id: 1n, endpoint: 0x82 },
  stopInterrupt: { name: 'stopInterrupt', id: 1n, endpoint: 0x82 },
  interruptStatus: { name: 'interruptStatus', id: 1n, status: 'ok', endpoint: 0x82 },
  allocStreams: { name: 'allocStreams', id: 1n, endpoints: 4, streams: 16 },
  freeStreams: { name: 'freeStreams', id: 1n, endpoints: 4 },
  streamsStatus: { name: 'streamsStatus', id: 1n, endpoints: 4, streams: 16, status: 'invalid' },
  cancel: { name: 'cancel', id: 0xffff_ffff_ffff_ffffn },
  filterReject: { name: 'filterReject', id: 0n },
  filter: { name: 'filter', id: 0n, data: Buffer.from('0x03,-1,-1,-1,1\0') },
  disconnectAck: { name: 'disconnectAck', id: 0n },
  startBulk: { name: 'startBulk', id: 1n, stream: 0, bytesPerTransfer: 512, endpoint: 0x81, transfers: 5 },
  stopBulk: { name: 'stopBulk', id: 1n, stream: 0, endpoint: 0x81 },
  bulkStatus: { name: 'bulkStatus', id: 1n, stream: 0, endpoint: 0x81, status: 'ok' },
  control: { name: 'control', id: 5n, endpoint: 0x80, request: 6, requestType: 0x80, status: 'ok', value: 0x100, index: 0, length: 4, data: Buffer.from([18, 1, 0, 2]) },
  bulk: { name: 'bulk', id: 6n, endpoint: 2, status: 'ok', length: 70000, stream: 0, data: Buffer.alloc(70000, 0x5a) },
  iso: { name: 'iso', id: 6n, endpoint: 0x83, status: 'ok', length: 2, data: Buffer.from([1, 2]) },
  interrupt: { name: 'interrupt', id: 6n, endpoint: 0x82, status: 'ok', length: 3, data: Buffer.from([1, 2, 3]) },
  bufferedBulk: { name: 'bufferedBulk', id: 6n, stream: 0, length: 2, endpoint: 0x81, status: 'ok', data: Buffer.from([1, 2]) },
};

/** Which side sends the sample; data of an IN transfer comes from the host. */
function senderOf(packet: RedirPacket): 'host' | 'guest' {
  const from = layouts[packet.name].from;
  if (from !== 'both') return from;
  return 'endpoint' in packet && (packet.endpoint & 0x80) !== 0 ? 'host' : 'guest';
}

describe('usbredir codec', () => {
  it('writes the hello as QEMU expects it: 12-byte header, 68 bytes, capabilities 0x7e', () => {
    const hello = new RedirCodec({ role: 'host', capabilities: emulatorCapabilities, version: 'hwlab' }).hello();
    expect(hello.length).to.equal(80);
    expect(hello.toString('hex', 0, 18)).to.equal('000000004400000000000000' + '68776c616200');
    expect(hello.toString('hex', 76)).to.equal('7e000000');
  });

  it('writes golden bytes with 16-byte headers once both sides have 64-bit ids', () => {
    const { host, guest } = connected();
    expect(host.encode(samples.deviceConnect).toString('hex')).to.equal('01000000' + '0a000000' + '0000000000000000' + '01020000' + '4123' + '4300' + '0100');
    expect(guest.encode(samples.cancel).toString('hex')).to.equal('15000000' + '00000000' + 'ffffffffffffffff');
    expect(host.encode(samples.control).toString('hex')).to.equal('64000000' + '0e000000' + '0500000000000000' + '80068000' + '0001' + '0000' + '0400' + '12010002');
    expect(guest.encode(samples.bulk).toString('hex', 0, 26)).to.equal('65000000' + '7a110100' + '0600000000000000' + '0200' + '7011' + '00000000' + '0100');
  });

  it('writes golden bytes of an isochronous stream: its start, its status and a packet', () => {
    const { host, guest } = connected();
    expect(guest.encode({ name: 'startIso', id: 0n, endpoint: 0x82, packetsPerUrb: 32, urbs: 15 }).toString('hex')).to.equal('0c000000' + '03000000' + '0000000000000000' + '82200f');
    expect(guest.encode({ name: 'stopIso', id: 0n, endpoint: 0x82 }).toString('hex')).to.equal('0d000000' + '01000000' + '0000000000000000' + '82');
    expect(host.encode({ name: 'isoStatus', id: 0n, status: 'stall', endpoint: 0x82 }).toString('hex')).to.equal('0e000000' + '02000000' + '0000000000000000' + '0482');
    expect(host.encode(samples.iso).toString('hex')).to.equal('66000000' + '06000000' + '0600000000000000' + '8300' + '0200' + '0102');
    expect(host.encode({ ...samples.iso, length: 0, data: Buffer.alloc(0) }).toString('hex')).to.equal('66000000' + '04000000' + '0600000000000000' + '8300' + '0000');
  });

  it('keeps 12-byte headers and short layouts when the peer has no capabilities', () => {
    const { host } = connected(emulatorCapabilities, 0);
    expect(host.encode(samples.deviceConnect).toString('hex')).to.equal('01000000' + '08000000' + '00000000' + '0102000041234300');
    expect(host.encode(samples.epInfo).length).to.equal(12 + 96);
  });

  it('sizes ep_info by the capabilities of both: 96, 160, 288', () => {
    expect(connected(0x7e, 0xff).host.encode(samples.epInfo).length).to.equal(16 + 160);
    expect(connected(0xff, 0xff).host.encode(samples.epInfo).length).to.equal(16 + 288);
  });

  for (const sample of Object.values(samples) as RedirPacket[]) {
    it(`carries ${sample.name} over`, () => {
      const pair = connected();
      const from = senderOf(sample);
      const [received, ...more] = feedAll(from === 'host' ? pair.guest : pair.host, pair[from].encode(sample));
      expect(received).to.deep.equal(sample);
      expect(more).to.be.empty;
    });
  }

  it('reads the same packets wherever the bytes are split', () => {
    const pair = connected();
    const sent: RedirPacket[] = [
      samples.setConfiguration,
      { ...samples.control, endpoint: 0, requestType: 0x21, request: 0x20 },
      { ...samples.bulk, length: 3, data: Buffer.from('abc') },
      { ...samples.bulk, endpoint: 0x81, length: 65536 * 2, data: Buffer.alloc(0) },
      { name: 'startIso', id: 0n, endpoint: 0x82, packetsPerUrb: 32, urbs: 15 },
      { name: 'stopIso', id: 0n, endpoint: 0x82 },
      samples.cancel,
    ];
    const bytes = Buffer.concat([pair.guest.hello(), ...sent.map((packet) => pair.guest.encode(packet))]);
    for (let split = 0; split <= bytes.length; split += 1) {
      const codec = new RedirCodec({ role: 'host', capabilities: emulatorCapabilities, version: 'hwlab' });
      const packets = [...feedAll(codec, bytes.subarray(0, split)), ...feedAll(codec, bytes.subarray(split))];
      expect(packets.slice(1), `split at ${split}`).to.deep.equal(sent);
    }
    const codec = new RedirCodec({ role: 'host', capabilities: emulatorCapabilities, version: 'hwlab' });
    const oneByOne = Array.from(bytes, (_, at) => feedAll(codec, bytes.subarray(at, at + 1))).flat();
    expect(oneByOne.slice(1)).to.deep.equal(sent);
  });

  it('reads the packets of a stream wherever the bytes are split, empty ones too', () => {
    const { host } = connected();
    const sent = [3, 0, 5].map((length): RedirPacket => ({ name: 'iso', id: BigInt(length), endpoint: 0x82, status: 'ok', length, data: Buffer.alloc(length, length) }));
    const bytes = Buffer.concat([host.encode(samples.isoStatus), ...sent.map((packet) => host.encode(packet))]);
    for (let split = 0; split <= bytes.length; split += 1) {
      const { guest } = connected();
      expect([...feedAll(guest, bytes.subarray(0, split)), ...feedAll(guest, bytes.subarray(split))].slice(1), `split at ${split}`).to.deep.equal(sent);
    }
  });

  it('hands out data as a view where the packet came in one piece', () => {
    const { host, guest } = connected();
    const bytes = guest.encode(samples.bulk);
    const [packet] = feedAll(host, bytes);
    expect(packet?.name === 'bulk' && packet.data.buffer === bytes.buffer).to.equal(true);
  });

  describe('hostile bytes', () => {
    const header = (type: number, length: number): Buffer => {
      const bytes = Buffer.alloc(16);
      bytes.writeUInt32LE(type, 0);
      bytes.writeUInt32LE(length, 4);
      return bytes;
    };

    const cases: [string, Buffer, RegExp, number][] = [
      ['a length above the limit, before any of it is stored', header(101, 0xffff_ffff), /4294967295 bytes, more than the limit/, 84],
      ['an unknown type', header(99, 0), /unknown packet type 99/, 80],
      ['a body shorter than its layout', header(100, 9), /control of 9 bytes, expected at least 10/, 84],
      ['a body longer than its layout', header(3, 1), /reset of 1 bytes, expected 0/, 84],
      ['a packet of the wrong direction', header(1, 10), /deviceConnect in the wrong direction/, 80],
      ['a second hello', header(0, 68), /second hello/, 80],
      ['an OUT transfer with less data than it says', Buffer.concat([header(101, 11), Buffer.from('02000500000000000000ff', 'hex')]), /1 bytes of data, expected 5/, 80],
      ['an IN request with data', Buffer.concat([header(103, 5), Buffer.from('8100010041', 'hex')]), /1 bytes of data, expected 0/, 80],
    ];
    for (const [title, bytes, message, offset] of cases) {
      it(`refuses ${title}`, () => {
        const { host } = connected();
        const error = errorOf(() => feedAll(host, bytes));
        expect(error.code).to.equal('usbredir-malformed');
        expect(error.message).to.match(message);
        expect(error.facts['offset']).to.equal(offset);
        expect(errorOf(() => feedAll(host, header(3, 0)))).to.equal(error);
      });
    }

    it('refuses a packet before the hello, and capabilities that are not whole words', () => {
      const fresh = (): RedirCodec => new RedirCodec({ role: 'host', capabilities: emulatorCapabilities, version: 'hwlab' });
      expect(errorOf(() => feedAll(fresh(), header(3, 0))).message).to.match(/before the hello/);
      expect(errorOf(() => feedAll(fresh(), Buffer.concat([header(0, 66).subarray(0, 12), Buffer.alloc(66)]))).message).to.match(/not whole words/);
      expect(() => fresh().encode(samples.deviceDisconnect)).to.throw(RangeError, /before the peer's hello/);
    });

    it('survives random bytes without hanging or growing', () => {
      let seed = 1;
      const random = (): number => (seed = (seed * 48271) % 0x7fffffff);
      for (let round = 0; round < 300; round += 1) {
        const { host } = connected();
        const bytes = Buffer.from(Array.from({ length: 200 }, () => random() & 0xff));
        bytes.writeUInt32LE([0, 3, 21, 100, 101, 103][round % 6] ?? 0, 0);
        bytes.writeUInt32LE(random() % 64, 4);
        try {
          feedAll(host, bytes);
        } catch (error) {
          expect((error as HwlabError).code).to.equal('usbredir-malformed');
        }
      }
    });
  });

  it('finds the place of an endpoint in the arrays', () => {
    expect([0, 0x80, 2, 0x82, 0x8f].map(endpointIndex)).to.deep.equal([0, 16, 2, 18, 31]);
  });
});
