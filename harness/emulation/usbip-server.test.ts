import { expect } from 'chai';
import { connect } from 'node:net';
import { duplexPair } from 'node:stream';
import { encodeRequest } from '../wire/usbip/encode.ts';
import { errno, operationStatus } from '../wire/usbip/messages.ts';
import { ReplyDecoder } from '../wire/usbip/reply-decoder.ts';
import { FakeVhci } from './testing/fake-vhci.ts';
import { createTestUnit, type TestFunction } from './testing/test-unit.ts';
import { UsbDeviceCore } from './usb-device-core.ts';
import { UsbipServer } from './usbip-server.ts';

const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));

describe('USB/IP server', () => {
  let core: UsbDeviceCore;
  let device: TestFunction;
  let server: UsbipServer;
  let client: FakeVhci;
  let configured = 0;

  const join = (busId?: string): FakeVhci => {
    const [ours, theirs] = duplexPair();
    server.accept(theirs);
    return new FakeVhci(ours, busId);
  };

  beforeEach(async () => {
    const unit = createTestUnit();
    core = new UsbDeviceCore(unit);
    device = unit.controls.current;
    configured = 0;
    server = new UsbipServer(core, { busId: '1-1', onConfigured: () => (configured += 1) });
    client = join();
    expect(await client.imported).to.equal(operationStatus.ok);
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    expect(client.violations).to.deep.equal([]);
  });

  it('lets a client enumerate the device, and sees it configured', async () => {
    const read = await client.enumerate();
    expect(read.equals(Buffer.concat([core.descriptors.device, core.descriptors.configuration]))).to.equal(true);
    expect(configured).to.equal(1);
    expect(device.told).to.include('configuration 1');
  });

  it('moves bulk data both ways, and says how much was taken', async () => {
    expect(await client.submit({ endpoint: 1, isIn: false, data: Buffer.from('hello') }).reply).to.include({ status: 0, length: 5 });
    expect(device.received.map(String)).to.deep.equal(['hello']);
    const wanted = client.submit({ endpoint: 1, isIn: true, length: 512 });
    void device.pipes.send(1, Buffer.from('answer'));
    expect(Buffer.from((await wanted.reply).data).toString()).to.equal('answer');
  });

  it('gives the errors of the device to the driver, also of interrupt OUT', async () => {
    await client.enumerate();
    const refused = await client.control([0xc0, 0x99, 0, 0, 0, 0, 4, 0]).catch(String);
    expect(refused).to.contain(`status ${-errno.stall}`);
    device.answerOut = () => ({ status: 'stall', accepted: 0 });
    expect(await client.submit({ endpoint: 2, isIn: false, data: Buffer.from('x') }).reply).to.include({ status: -errno.stall, length: 0 });
    expect(await client.submit({ endpoint: 9, isIn: true, length: 8 }).reply).to.include({ status: -errno.invalid });
  });

  it('takes alternate settings and cleared halts as the control requests that they are', async () => {
    await client.control([1, 11, 1, 0, 1, 0, 0, 0]);
    expect(core.alternateOf(1)).to.equal(1);
    device.pipes.halt(1);
    expect(await client.submit({ endpoint: 1, isIn: true, length: 8 }).reply).to.include({ status: -errno.stall });
    await client.control([2, 1, 0, 0, 0x81, 0, 0, 0]);
    const wanted = client.submit({ endpoint: 1, isIn: true, length: 8 });
    void device.pipes.send(1, Buffer.from('again'));
    expect(await wanted.reply).to.include({ status: 0, length: 5 });
  });

  it('gives reports to who polls, and tells the device when nobody does any more', async () => {
    await client.enumerate();
    const first = client.submit({ endpoint: 2, isIn: true, length: 64 });
    const second = client.submit({ endpoint: 2, isIn: true, length: 64 });
    void device.pipes.send(2, Buffer.from([1]));
    expect(Array.from((await first.reply).data)).to.deep.equal([1]);
    expect(await client.unlink(second.sequence)).to.equal(-errno.reset);
    await device.pipes.send(2, Buffer.from([2]));
    const third = client.submit({ endpoint: 2, isIn: true, length: 64 });
    void device.pipes.send(2, Buffer.from([3]));
    expect(Array.from((await third.reply).data)).to.deep.equal([3]);
  });

  it('answers each transfer once when unlinks race with answers', async () => {
    const outcomes = new Set<number>();
    for (let round = 0; round < 300; round += 1) {
      const wanted = client.submit({ endpoint: 1, isIn: true, length: 8 });
      const data = (): void => void device.pipes.send(1, Buffer.from([round & 0xff]));
      if (round % 3 === 0) data();
      if (round % 3 === 1) setImmediate(data);
      const status = await client.unlink(wanted.sequence);
      outcomes.add(status);
      if (status === 0) expect((await wanted.reply).length).to.equal(1);
      else await settle();
      // What the unlinked transfer did not take goes to the next.
      const rest = client.submit({ endpoint: 1, isIn: true, length: 512 });
      void device.pipes.send(1, Buffer.from([255]));
      await rest.reply;
    }
    expect(outcomes).to.deep.equal(new Set([0, -errno.reset]));
    expect(await client.unlink(999_999)).to.equal(0);
  });

  it('takes back a write on which the device works', async () => {
    let aborted = false;
    device.answerOut = async (_endpoint, _data, signal) => await new Promise(() => signal.addEventListener('abort', () => (aborted = true)));
    const writing = client.submit({ endpoint: 1, isIn: false, data: Buffer.from('x') });
    await settle();
    expect(await client.unlink(writing.sequence)).to.equal(-errno.reset);
    expect(aborted).to.equal(true);
  });

  it('has one client at a time, knows one device, and lists it only while it is free', async () => {
    const second = join();
    expect(await second.imported).to.equal(operationStatus.busy);
    const other = join('7-7');
    expect(await other.imported).to.equal(operationStatus.noDevice);
    const list = async (): Promise<number> => {
      const [ours, theirs] = duplexPair();
      server.accept(theirs);
      ours.write(encodeRequest({ name: 'devices' }));
      const decoder = new ReplyDecoder(() => undefined);
      let count = -1;
      for await (const bytes of ours as AsyncIterable<Buffer>) decoder.feed(bytes, (reply) => reply.name === 'devices' && (count = reply.devices.length));
      return count;
    };
    expect(await list()).to.equal(0);
    client.close();
    expect(await server.lost).to.include({ code: 'usbip-client-gone' });
    expect(await list()).to.equal(1);
  });

  it('closes a client that breaks the protocol, and says why', async () => {
    const waiting = client.submit({ endpoint: 1, isIn: true, length: 8 });
    void client.submit({ endpoint: 1, isIn: true, length: 8, sequence: waiting.sequence });
    await client.closed;
    expect(await server.lost).to.include({ code: 'usbip-protocol-error', blame: 'lab' });

    client = join();
    expect(await client.imported).to.equal(operationStatus.ok);
    client.write(Buffer.alloc(48, 0xff));
    await client.closed;
  });

  it('holds no more than a bounded number of transfers and visitors', async () => {
    for (let count = 0; count < 1030; count += 1) void client.submit({ endpoint: 1, isIn: true, length: 8 });
    await client.closed;
    expect((await server.lost).message).to.contain('more than 1024 transfers');
    const visitors = Array.from({ length: 8 }, () => {
      const [ours, theirs] = duplexPair();
      server.accept(theirs);
      return new Promise<'closed' | 'kept'>((resolve) => {
        ours.on('end', () => resolve('closed')).resume();
        setImmediate(() => setImmediate(() => setImmediate(() => resolve('kept'))));
      });
    });
    expect((await Promise.all(visitors)).filter((fate) => fate === 'kept')).to.have.length.within(1, 5);
  });

  it('takes the device away when it is unplugged, by us or by its own fault', async () => {
    core.fault({ kind: 'disconnect', endpoint: 0x01 });
    void client.submit({ endpoint: 1, isIn: false, data: Buffer.from('x') });
    await client.closed;
    expect(device.told).to.include('unplug');
  });

  it('listens on loopback only', async () => {
    const port = await server.listen();
    const socket = connect(port, '127.0.0.1');
    const late = new FakeVhci(socket);
    expect(await late.imported).to.equal(operationStatus.busy);
    late.close();
  });
});
