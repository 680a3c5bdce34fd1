import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { encodeReply, encodeRequest } from './encode.ts';
import { errno, type UsbipDevice, type UsbipReply, type UsbipRequest } from './messages.ts';
import { ReplyDecoder } from './reply-decoder.ts';
import { RequestDecoder } from './request-decoder.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const zeros = (count: number): string => '00'.repeat(count);
const setup = Uint8Array.of(0x80, 6, 0, 1, 0, 0, 18, 0);
const noSetup = new Uint8Array(8);
const none = new Uint8Array(0);

const uno: UsbipDevice = {
  path: '/hwlab/arduino-uno-r3',
  busId: '1-1',
  bus: 1,
  device: 2,
  speed: 2,
  vendorId: 0x2341,
  productId: 0x0043,
  deviceVersion: 0x0001,
  class: [2, 0, 0],
  configurationValue: 0,
  configurations: 1,
  interfaces: [
    [2, 2, 1],
    [10, 0, 0],
  ],
};
const submit = { name: 'submit', sequence: 7, deviceId: 0x0001_0002, flags: 0x200, startFrame: 0, packets: 0, interval: 0 } as const;
const readDescriptor: UsbipRequest = { ...submit, isIn: true, endpoint: 0, length: 18, setup, data: none };
const write: UsbipRequest = { ...submit, sequence: 8, isIn: false, endpoint: 4, length: 3, setup: noSetup, data: Uint8Array.of(1, 2, 3) };
const unlink: UsbipRequest = { name: 'unlink', sequence: 9, deviceId: 0x0001_0002, target: 7 };

function requestsOf(bytes: Uint8Array, pieces: readonly number[] = []): UsbipRequest[] {
  const decoder = new RequestDecoder();
  const found: UsbipRequest[] = [];
  const take = (request: UsbipRequest): void => {
    found.push(request);
    if (request.name === 'import') decoder.imported();
  };
  let from = 0;
  for (const to of [...pieces, bytes.length]) {
    decoder.feed(bytes.subarray(from, to), take);
    from = to;
  }
  return found;
}

function repliesOf(bytes: Uint8Array, pieces: readonly number[] = []): UsbipReply[] {
  const decoder = new ReplyDecoder((sequence) => (sequence === 7 ? true : sequence === 8 ? false : undefined));
  const found: UsbipReply[] = [];
  let from = 0;
  for (const to of [...pieces, bytes.length]) {
    decoder.feed(bytes.subarray(from, to), (reply) => found.push(reply));
    from = to;
  }
  return found;
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

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_key, each: unknown) => (each instanceof Uint8Array ? hex(each) : each)), (_key, each: unknown) => (isBufferJson(each) ? hex(Buffer.from(each.data)) : each));
const isBufferJson = (value: unknown): value is { data: number[] } => typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';

describe('USB/IP codec', () => {
  it('has the bytes of the protocol document for what a client says', () => {
    expect(hex(encodeRequest({ name: 'devices' }))).to.equal('0111800500000000');
    expect(hex(encodeRequest({ name: 'import', busId: '1-1' }))).to.equal(`0111800300000000312d31${zeros(29)}`);
    expect(hex(encodeRequest(readDescriptor))).to.equal(`00000001 00000007 00010002 00000001 00000000 00000200 00000012 00000000 00000000 00000000 8006000100001200`.replaceAll(' ', ''));
    expect(hex(encodeRequest(write))).to.equal(`00000001 00000008 00010002 00000000 00000004 00000200 00000003 00000000 00000000 00000000 ${zeros(8)} 010203`.replaceAll(' ', ''));
    expect(hex(encodeRequest(unlink))).to.equal(`00000002 00000009 00010002 00000000 00000000 00000007 ${zeros(24)}`.replaceAll(' ', ''));
  });

  it('has the bytes of the protocol document for what a server says', () => {
    const record = `${Buffer.from(uno.path).toString('hex')}${zeros(256 - uno.path.length)}312d31${zeros(29)}000000010000000200000002${'234100430001'}020000000102`;
    expect(hex(encodeReply({ name: 'devices', devices: [uno] }))).to.equal(`011100050000000000000001${record}020201000a000000`);
    expect(hex(encodeReply({ name: 'devices', devices: [] }))).to.equal('011100050000000000000000');
    expect(hex(encodeReply({ name: 'imported', status: 0, device: uno }))).to.equal(`0111000300000000${record}`);
    expect(hex(encodeReply({ name: 'imported', status: 4 }))).to.equal('0111000300000004');
    expect(hex(encodeReply({ name: 'submitted', sequence: 7, status: 0, length: 2, packets: 0, data: Uint8Array.of(0xab, 0xcd) }))).to.equal(`00000003 00000007 ${zeros(12)} 00000000 00000002 00000000 00000000 00000000 ${zeros(8)} abcd`.replaceAll(' ', ''));
    expect(hex(encodeReply({ name: 'unlinked', sequence: 9, status: -errno.reset }))).to.equal(`00000004 00000009 ${zeros(12)} ffffff98 ${zeros(24)}`.replaceAll(' ', ''));
  });

  it('reads a conversation cut in two at every offset', () => {
    const said: UsbipRequest[] = [{ name: 'import', busId: '1-1' }, readDescriptor, write, unlink];
    const bytes = Buffer.concat(said.map(encodeRequest));
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(plain(requestsOf(bytes, [cut])), `cut at ${cut}`).to.deep.equal(plain(said));
    expect(plain(requestsOf(bytes, Array.from(bytes.keys())))).to.deep.equal(plain(said));
  });

  it('reads the answers cut in two at every offset', () => {
    const said: UsbipReply[] = [
      { name: 'devices', devices: [uno, { ...uno, interfaces: [] }] },
      { name: 'imported', status: 0, device: { ...uno, interfaces: [] } },
      { name: 'submitted', sequence: 7, status: 0, length: 2, packets: 0, data: Uint8Array.of(1, 2) },
      { name: 'submitted', sequence: 8, status: -errno.stall, length: 5, packets: 0, data: none },
      { name: 'unlinked', sequence: 9, status: 0 },
    ];
    const bytes = Buffer.concat(said.map(encodeReply));
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(plain(repliesOf(bytes, [cut])), `cut at ${cut}`).to.deep.equal(plain(said));
  });

  it('keeps in step after an isochronous transfer, whose packets are described behind its data', () => {
    const iso: UsbipRequest = { ...submit, isIn: false, endpoint: 1, length: 4, packets: 2, setup: noSetup, data: Uint8Array.of(1, 2, 3, 4) };
    const bytes = Buffer.concat([encodeRequest({ name: 'import', busId: '1-1' }), encodeRequest(iso), Buffer.alloc(32, 0xee), encodeRequest(unlink)]);
    expect(plain(requestsOf(bytes).slice(1))).to.deep.equal(plain([iso, unlink]));
    const answer = encodeReply({ name: 'submitted', sequence: 7, status: -errno.invalid, length: 0, packets: 2, data: none });
    expect(answer.length).to.equal(48 + 32);
    expect(repliesOf(Buffer.concat([encodeReply({ name: 'imported', status: 0, device: uno }), answer, encodeReply({ name: 'unlinked', sequence: 9, status: 0 })]))).to.have.length(3);
    // The protocol document has -1 for a transfer that is not isochronous, Linux sends 0.
    const minusOne = encodeRequest({ ...submit, isIn: true, endpoint: 1, length: 4, packets: 0xffff_ffff, setup: noSetup, data: none });
    expect(requestsOf(Buffer.concat([encodeRequest({ name: 'import', busId: '1-1' }), minusOne])).at(-1)).to.include({ packets: 0 });
  });

  it('says where bytes are not USB/IP, and stays broken', () => {
    const imported = encodeRequest({ name: 'import', busId: '1-1' });
    const changed = (request: UsbipRequest, at: number, value: number): Buffer => {
      const bytes = encodeRequest(request);
      bytes.writeUInt32BE(value, at);
      return Buffer.concat([imported, bytes]);
    };
    const cases: readonly (readonly [Buffer, number, RegExp])[] = [
      [Buffer.from('0100800500000000', 'hex'), 0, /version 100/],
      [Buffer.from('0111999900000000', 'hex'), 2, /unknown operation 9999/],
      [Buffer.from(`0111800300000000${zeros(32)}`, 'hex'), 8, /bus id/],
      [Buffer.concat([Buffer.from('0111800300000000', 'hex'), Buffer.from('../../etc/passwd'.padEnd(32, '\0'))]), 8, /bus id/],
      [Buffer.from('011180050000000000', 'hex'), 8, /after the operation/],
      [changed(write, 0, 5), 40, /unknown command 5/],
      [changed(write, 12, 2), 52, /direction 2/],
      [changed(write, 16, 16), 56, /endpoint 16/],
      [changed(write, 24, 0x7fff_ffff), 64, /2147483647 bytes/],
      [changed(write, 32, 1025), 72, /1025 isochronous/],
    ];
    for (const [bytes, offset, message] of cases) {
      const decoder = new RequestDecoder();
      const feed = (): void => decoder.feed(bytes, (request) => request.name === 'import' && decoder.imported());
      const error = errorOf(feed);
      expect(error).to.include({ code: 'usbip-malformed', blame: 'lab' });
      expect(error.facts['offset'], String(message)).to.equal(offset);
      expect(error.message).to.match(message);
      expect(errorOf(feed)).to.equal(error);
    }
  });

  it('reads nothing behind an import that was not granted', () => {
    const decoder = new RequestDecoder();
    const bytes = Buffer.concat([encodeRequest({ name: 'import', busId: '1-1' }), encodeRequest(unlink)]);
    expect(errorOf(() => decoder.feed(bytes, () => undefined)).facts['offset']).to.equal(40);
  });

  it('refuses an answer that nobody waits for, as the kernel does', () => {
    const bytes = Buffer.concat([encodeReply({ name: 'imported', status: 0, device: uno }), encodeReply({ name: 'submitted', sequence: 99, status: 0, length: 0, packets: 0, data: none })]);
    expect(errorOf(() => repliesOf(bytes)).message).to.contain('transfer 99');
  });

  it('takes whatever bytes come: whole requests or an error with an offset, and never more memory than one transfer', () => {
    let state = 20261122;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const good = Buffer.concat([{ name: 'import', busId: '1-1' } as const, readDescriptor, write, unlink].map(encodeRequest));
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Buffer.from(good);
      for (let change = 0; change <= random(4); change += 1) bytes[random(bytes.length)] = random(256);
      const cut = random(bytes.length);
      try {
        requestsOf(bytes, [cut]);
      } catch (error) {
        expect(error).to.be.instanceOf(HwlabError);
        expect((error as HwlabError).facts['offset']).to.be.within(0, bytes.length);
      }
    }
  });
});
