import { expect } from 'chai';
import { duplexPair, type Duplex } from 'node:stream';
import { Deadline } from '../../base/deadline.ts';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { emulatorCapabilities } from '../../wire/usbredir/capabilities.ts';
import type { PacketOf, RedirPacket } from '../../wire/usbredir/packet.ts';
import { RedirCodec } from '../../wire/usbredir/redir-codec.ts';
import { FakeQemu } from '../testing/fake-qemu.ts';
import { GuestSide } from './guest-side.ts';
import { readUnit } from './read-unit.ts';
import { RedirectedDevice } from './redirected-device.ts';
import { RedirTap } from './redir-tap.ts';

const soon = (): Deadline => Deadline.after(5000);
const every = (value: number): number[] => Array.from({ length: 32 }, () => value);

/** Whatever has the device, as bad as a test wants it. */
class BadDevice {
  readonly codec = new RedirCodec({ role: 'host', capabilities: emulatorCapabilities, version: 'bad' });
  readonly stream: Duplex;
  onPacket: (packet: RedirPacket) => void = () => undefined;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('error', () => undefined);
    stream.on('data', (bytes: Buffer) => this.codec.feed(bytes, (packet) => this.#take(packet)));
    stream.write(this.codec.hello());
  }

  say(packet: RedirPacket): void {
    this.stream.write(this.codec.encode(packet));
  }

  #take(packet: RedirPacket): void {
    if (packet.name !== 'hello') {
      this.onPacket(packet);
      return;
    }
    this.say({ name: 'epInfo', id: 0n, types: every(3), intervals: every(1), interfaces: every(0), maxPacketSizes: every(0), maxStreams: every(0) });
    this.say({ name: 'interfaceInfo', id: 0n, count: 1, numbers: every(0), classes: every(255), subclasses: every(0), protocols: every(0) });
    this.say({ name: 'deviceConnect', id: 0n, speed: 2, deviceClass: 0, deviceSubclass: 0, deviceProtocol: 0, vendorId: 1, productId: 2, deviceVersion: 0x100 });
  }
}

async function pair(): Promise<{ bad: BadDevice; device: RedirectedDevice; ours: Duplex }> {
  const [ours, theirs] = duplexPair();
  const bad = new BadDevice(theirs);
  const device = new RedirectedDevice(ours);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { bad, device, ours };
}

describe('what has a redirected device and is not to be trusted', () => {
  it('is lost when it leaves all requests unanswered; the guest can still leave', async () => {
    const { device } = await pair();
    const [port, theirs] = duplexPair();
    const guest = new FakeQemu(theirs);
    const side = new GuestSide(port, device, new RedirTap(() => undefined, new Map(), () => 0));
    await side.plug(soon());
    void guest.startInterrupt(1, () => undefined);
    for (let each = 0; each < 10_050; each += 1) guest.startBulkIn(2, 64).reply.catch(() => undefined);
    expect(await device.lost).to.have.property('message').that.contains('unanswered');
    await side.unplug(Deadline.after(100));
  });

  it('ends the reading of its descriptors by going away, and gives no more bytes than were asked for', async () => {
    const { bad, device, ours } = await pair();
    const asked: PacketOf<'control'>[] = [];
    bad.onPacket = (packet) => {
      if (packet.name !== 'control') return;
      asked.push(packet);
      if (asked.length > 1) ours.destroy();
      else bad.say({ ...packet, length: 60_000, data: Buffer.alloc(60_000, 18) });
    };
    const error = await readUnit(device, false, Deadline.after(60_000)).then(() => undefined, (reason: { code: string }) => reason.code);
    expect(error).to.equal('unit-lost');
  });

  it('is told at an unplug to end what the guest began; what it says of it later is not written down', async () => {
    const { bad, device } = await pair();
    const told: RedirPacket[] = [];
    bad.onPacket = (packet) => told.push(packet);
    const events: CassetteEvent[] = [];
    const [port, theirs] = duplexPair();
    const guest = new FakeQemu(theirs);
    const side = new GuestSide(port, device, new RedirTap((event) => events.push(event), new Map(), () => 0));
    await side.plug(soon());
    void guest.startInterrupt(1, () => undefined);
    guest.startBulkIn(2, 64).reply.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await side.unplug(Deadline.after(1000));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told.map(({ name }) => name)).to.deep.equal(['startInterrupt', 'bulk', 'cancel', 'cancel', 'stopInterrupt']);
    const bulk = told[1] as PacketOf<'bulk'>;
    expect(told.slice(2, 4).map(({ id }) => id)).to.include(bulk.id);
    bad.say({ ...bulk, data: Buffer.alloc(64) });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events).to.deep.equal([]);
  });

  it('gives descriptors no longer than they were asked for', async () => {
    const { bad, device } = await pair();
    const whole: Readonly<Record<number, string>> = { 0x0100: '120100020000004041230100000100000001', 0x0200: '09021200010100803209040000 00ff000000'.replace(' ', '') };
    bad.onPacket = (packet) => {
      if (packet.name === 'control') bad.say({ ...packet, length: 60_000, data: Buffer.concat([Buffer.from(whole[packet.value] ?? '', 'hex'), Buffer.alloc(60_000)]).subarray(0, 60_000) });
    };
    const { usb } = await readUnit(device, false, soon());
    expect(Number(usb.vendorId)).to.equal(0x2341);
  });

  it('cannot fill the memory with what the guest sends and it does not take: the guest is held up', async () => {
    const { bad, device } = await pair();
    const [port, theirs] = duplexPair();
    const guest = new FakeQemu(theirs);
    const side = new GuestSide(port, device, new RedirTap(() => undefined, new Map(), () => 0));
    await side.plug(soon());
    bad.stream.pause();
    for (let each = 0; each < 100; each += 1) guest.startBulkOut(2, Buffer.alloc(32_768)).reply.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(port.isPaused()).to.equal(true);
    let taken = 0;
    const all = Promise.withResolvers<void>();
    bad.onPacket = ({ name }) => {
      taken += name === 'bulk' ? 1 : 0;
      if (taken === 100) all.resolve();
    };
    bad.stream.resume();
    await soon().race('all transfers', all.promise);
    await side.unplug(Deadline.after(100));
  });

  it('cannot make a report that never ends', () => {
    const events: CassetteEvent[] = [];
    const tap = new RedirTap((event) => events.push(event), new Map(), () => 0);
    tap.asked({ name: 'startInterrupt', id: 0n, endpoint: 0x81 });
    const say = (data: Buffer): void => tap.unasked({ name: 'interrupt', id: 0n, endpoint: 0x81, status: 'ok', length: data.length, data });
    say(Buffer.of(7));
    say(Buffer.alloc(0));
    expect(events.map(({ data }) => data?.length)).to.deep.equal([1]);
    for (let each = 0; each < 70_000; each += 1) say(Buffer.of(1));
    expect(events.map(({ data }) => data?.length)).to.deep.equal([1, 65_536]);
  });

  it('cannot hold back what is written down by one transfer without end', () => {
    const events: CassetteEvent[] = [];
    const tap = new RedirTap((event) => events.push(event), new Map(), () => 0);
    const bulk = (endpoint: number, data: Buffer): RedirPacket => ({ name: 'bulk', id: 1n, endpoint, status: 'ok', length: data.length, stream: 0, data });
    tap.asked(bulk(2, Buffer.alloc(8)));
    for (let each = 0; each < 70; each += 1) tap.asked(bulk(0x81, Buffer.alloc(0)))?.(bulk(0x81, Buffer.alloc(1024 * 1024)));
    expect(events.length).to.be.within(6, 71);
    tap.end();
    expect(events).to.have.length(71);
  });
});
