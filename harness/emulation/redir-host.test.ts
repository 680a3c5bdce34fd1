import { expect } from 'chai';
import { duplexPair } from 'node:stream';
import { Deadline } from '../base/deadline.ts';
import { RedirHost } from './redir-host.ts';
import { FakeQemu, plugIntoFake, type FakePlug } from './testing/fake-qemu.ts';
import { createTestUnit, type TestFunction } from './testing/test-unit.ts';
import { UsbDeviceCore } from './usb-device-core.ts';

const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('usbredir host', () => {
  let plugged: FakePlug;
  let device: TestFunction;

  beforeEach(async () => {
    const unit = createTestUnit();
    plugged = await plugIntoFake(unit);
    device = unit.controls.current;
  });

  afterEach(() => {
    plugged.close();
    expect(plugged.guest.violations).to.deep.equal([]);
    expect(plugged.failures).to.deep.equal([]);
  });

  it('describes the device before it connects it', () => {
    const { guest } = plugged;
    expect(guest.connected).to.include({ speed: 2, vendorId: 0x1209, productId: 1, deviceVersion: 0x100 });
    expect(guest.endpoints?.types.slice(0, 4)).to.deep.equal([0, 2, 3, 255]);
    expect(guest.endpoints?.types.slice(16, 20)).to.deep.equal([0, 2, 3, 255]);
    expect(guest.endpoints?.intervals[18]).to.equal(4);
    expect(guest.endpoints?.maxPacketSizes?.slice(16, 19)).to.deep.equal([64, 512, 64]);
    expect(guest.interfaces?.count).to.equal(2);
  });

  it('answers descriptors, cut to the wanted length, and stalls what it has not', async () => {
    const { guest } = plugged;
    expect((await guest.controlIn(0x80, 6, 0x0100, 0, 8)).data.toString('hex')).to.equal('1201000200000040');
    expect((await guest.controlIn(0x80, 6, 0x0302, 0x409, 255)).data.toString('utf16le', 2)).to.equal('Test device');
    expect(await guest.controlIn(0x80, 6, 0x0f00, 0, 5)).to.include({ status: 'stall', length: 0 });
    expect((await guest.controlIn(0x80, 0, 0, 0, 2)).data.toString('hex')).to.equal('0100');
  });

  it('hands class requests both ways to the device class', async () => {
    device.answerControl = (setup, data) => ({ status: 'ok', data: (setup.requestType & 0x80) === 0 ? new Uint8Array(0) : Buffer.from([setup.value, data.length, 9]) });
    expect((await plugged.guest.controlIn(0xc0, 0x42, 7, 0, 2)).data.toString('hex')).to.equal('0700');
    expect(await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('abc'))).to.include({ status: 'ok', length: 3 });
    expect(plugged.wire.some(({ meaning }) => meaning === 'TEST REQUEST')).to.equal(true);
  });

  it('takes bulk data in order, one transfer at a time, and keeps the driver waiting while the device is busy', async () => {
    const release: (() => void)[] = [];
    device.answerOut = async (_endpoint, data) => await new Promise((resolve) => release.push(() => resolve({ status: 'ok', accepted: data.length })));
    const first = plugged.guest.bulkOut(1, Buffer.from('one'));
    const second = plugged.guest.bulkOut(1, Buffer.from('second'));
    await settle();
    expect(device.received.map(String)).to.deep.equal(['one']);
    release[0]?.();
    expect((await first).length).to.equal(3);
    await settle();
    release[1]?.();
    expect((await second).length).to.equal(6);
  });

  it('carries a long OUT in one transfer', async () => {
    const data = Buffer.alloc(200_000, 7);
    expect((await plugged.guest.bulkOut(1, data)).length).to.equal(data.length);
    expect(device.received[0]?.equals(data)).to.equal(true);
  });

  it('keeps bulk IN pending until there is data, answers in order, and tells the device when it was taken', async () => {
    const { guest } = plugged;
    const first = guest.bulkIn(1, 512);
    const second = guest.bulkIn(1, 512);
    const third = guest.bulkIn(1, 512);
    await device.pipes.send(1, Buffer.alloc(1030, 'a'));
    expect((await first).length).to.equal(512);
    expect((await second).length).to.equal(512);
    expect((await third).data.toString()).to.equal('aaaaaa');
  });

  it('ends a transfer with a short packet and joins whole packets', async () => {
    const { guest } = plugged;
    for (const size of [512, 100, 5]) void device.pipes.send(1, Buffer.alloc(size, 1));
    expect((await guest.bulkIn(1, 4096)).length).to.equal(612);
    expect((await guest.bulkIn(1, 4096)).length).to.equal(5);
    void device.pipes.send(1, Buffer.alloc(0));
    expect((await guest.bulkIn(1, 4096)).length).to.equal(0);
  });

  describe('cancel', () => {
    it('answers a pending transfer once, with status cancelled', async () => {
      const transfer = plugged.guest.startBulkIn(1, 64);
      await settle();
      transfer.cancel();
      expect((await transfer.reply).status).to.equal('cancelled');
    });

    it('says nothing about a transfer that was already answered (the race), and its id can be used again', async () => {
      const transfer = plugged.guest.startBulkIn(1, 64);
      await device.pipes.send(1, Buffer.from('x'));
      transfer.cancel();
      expect((await transfer.reply).data.toString()).to.equal('x');
      plugged.guest.send({ name: 'cancel', id: 0x1234n });
      await settle();
    });

    it('loses no data: the next request gets what the cancelled one did not', async () => {
      const cancelled = plugged.guest.startBulkIn(1, 64);
      const next = plugged.guest.bulkIn(1, 64);
      cancelled.cancel();
      await settle();
      void device.pipes.send(1, Buffer.from('kept'));
      expect((await next).data.toString()).to.equal('kept');
    });

    it('aborts an OUT that the device works on, and the next one follows', async () => {
      let aborted = false;
      device.answerOut = async (_endpoint, _data, signal) =>
        await new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve({ status: 'ok', accepted: 0 });
          });
        });
      const stuck = plugged.guest.startBulkOut(1, Buffer.from('stuck'));
      await settle();
      stuck.cancel();
      expect((await stuck.reply).status).to.equal('cancelled');
      expect(aborted).to.equal(true);
      device.answerOut = (_endpoint, data) => ({ status: 'ok', accepted: data.length });
      expect((await plugged.guest.bulkOut(1, Buffer.from('next'))).status).to.equal('ok');
    });
  });

  describe('interrupt endpoints', () => {
    it('push reports only while polled, and tell the device so', async () => {
      const reports: string[] = [];
      await device.pipes.send(2, Buffer.from('lost'));
      expect(await plugged.guest.startInterrupt(2, (report) => reports.push(report.toString()))).to.equal('ok');
      await device.pipes.send(2, Buffer.from('seen'));
      expect(await plugged.guest.stopInterrupt(2)).to.equal('ok');
      await device.pipes.send(2, Buffer.from('lost too'));
      await settle();
      expect(reports).to.deep.equal(['seen']);
      expect(device.told.filter((line) => line.startsWith('polling'))).to.deep.equal(['polling 2 true', 'polling 2 false']);
    });

    for (const size of [1, 63, 64, 65, 104, 128, 1024]) {
      it(`cut a report of ${size} bytes so that QEMU delivers it`, async () => {
        const report = Buffer.from(Array.from({ length: size }, (_, index) => index & 0xff));
        const arrived = new Promise<Buffer>((resolve) => void plugged.guest.startInterrupt(2, resolve));
        await settle();
        await device.pipes.send(2, report);
        expect((await arrived).equals(report)).to.equal(true);
      });
    }

    it('lose none of 200 reports sent at once and keep the pace of the endpoint', async () => {
      let count = 0;
      const started = performance.now();
      await plugged.guest.startInterrupt(2, () => (count += 1));
      await Promise.all(Array.from({ length: 200 }, async () => await device.pipes.send(2, Buffer.from([1]))));
      await settle();
      expect(count).to.equal(200);
      expect(performance.now() - started).to.be.greaterThan(100);
    });

    it('take OUT reports', async () => {
      expect(await plugged.guest.interruptOut(2, Buffer.from('led'))).to.include({ status: 'ok', length: 3 });
      expect(device.received.map(String)).to.deep.equal(['led']);
    });

    it('refuse to start where there is none', async () => {
      expect(await plugged.guest.startInterrupt(7, () => undefined)).to.equal('invalid');
    });

    it('report a halted endpoint and start again', async () => {
      await plugged.guest.startInterrupt(2, () => undefined);
      device.pipes.halt(2);
      await settle();
      expect(plugged.guest.interruptStatuses.at(-1)).to.include({ status: 'stall', endpoint: 0x82 });
      expect((await plugged.guest.controlOut(0x02, 1, 0, 0x82)).status).to.equal('ok');
      expect(await plugged.guest.startInterrupt(2, () => undefined)).to.equal('ok');
    });
  });

  it('at a reset drops what is queued, cancels what is pending and says stall for started interrupt endpoints', async () => {
    const { guest } = plugged;
    await guest.startInterrupt(2, () => undefined);
    const pending = guest.startBulkIn(1, 64);
    await settle();
    guest.reset();
    expect((await pending.reply).status).to.equal('cancelled');
    await settle();
    expect(guest.interruptStatuses.at(-1)).to.include({ id: 0n, status: 'stall', endpoint: 0x82 });
    expect(device.told).to.include('polling 2 false');
    expect((await guest.getConfiguration()).configuration).to.equal(0);
    void device.pipes.send(1, Buffer.from('stale'));
    guest.reset();
    await guest.setConfiguration(1);
    const fresh = guest.bulkIn(1, 64);
    await settle();
    void device.pipes.send(1, Buffer.from('fresh'));
    expect((await fresh).data.toString()).to.equal('fresh');
  });

  it('changes the endpoints with the alternate setting', async () => {
    const { guest } = plugged;
    expect((await guest.bulkIn(3, 64)).status).to.equal('invalid');
    expect(await guest.setAlternate(1, 1)).to.equal('ok');
    expect(guest.endpoints?.types[19]).to.equal(2);
    expect(guest.interfaces?.protocols[1]).to.equal(1);
    expect((await guest.getAlternate(1)).alternate).to.equal(1);
    const pending = guest.startBulkIn(3, 64);
    await settle();
    expect(await guest.setAlternate(1, 0)).to.equal('ok');
    expect((await pending.reply).status).to.equal('cancelled');
    expect(guest.endpoints?.types[19]).to.equal(255);
    expect(await guest.setAlternate(1, 7)).to.equal('stall');
    expect(device.told).to.include.members(['alternate 1 1', 'alternate 1 0']);
  });

  describe('isochronous streams', () => {
    const got: Buffer[] = [];
    const until = async (sign: () => boolean): Promise<void> => {
      while (!sign()) await new Promise((resolve) => setTimeout(resolve, 2));
    };

    beforeEach(async () => {
      got.length = 0;
      expect(await plugged.guest.setAlternate(1, 2)).to.equal('ok');
    });

    it('describe their endpoint with the bytes of a microframe', () => {
      expect(plugged.guest.endpoints?.types[20]).to.equal(1);
      expect(plugged.guest.endpoints?.maxPacketSizes?.[20]).to.equal(3060);
    });

    it('go in bursts that QEMU neither holds back nor throws away, in order and with nothing lost', async () => {
      const { guest } = plugged;
      const sent = Array.from({ length: 700 }, (_, index) => Buffer.from(`packet ${index}`));
      device.packets.push(...sent);
      guest.startIso(4, (packet) => got.push(packet));
      await until(() => got.length >= 480);
      expect(guest.isoStatuses.at(-1)).to.include({ status: 'ok', endpoint: 0x84 });
      await settle();
      // Two bursts at once would be more than QEMU keeps.
      expect(got).to.have.length(480);
      await until(() => got.length >= 960);
      expect(got.filter(({ length }) => length > 0)).to.deep.equal(sent);
      // The rest is filled up with empty packets, since QEMU gives nothing to the guest before it has a whole burst.
      expect(got).to.have.length(960);
      expect(device.told).to.include('polling 4 true');
    });

    it('begin when the device has something to say, and end with the stream, the setting and a reset', async () => {
      const { guest } = plugged;
      guest.startIso(4, (packet) => got.push(packet));
      await until(() => device.told.includes('polling 4 true'));
      expect(got).to.have.length(0);
      device.packets.push(Buffer.from('late'));
      await until(() => got.length >= 480);
      guest.stopIso(4);
      await until(() => device.told.includes('polling 4 false'));
      device.packets.push(Buffer.from('nobody listens'));
      guest.startIso(4, (packet) => got.push(packet));
      await until(() => got.length >= 960);
      guest.reset();
      await until(() => guest.isoStatuses.at(-1)?.status === 'stall');
      expect(device.told.filter((what) => what.startsWith('polling 4'))).to.deep.equal(['polling 4 true', 'polling 4 false', 'polling 4 true', 'polling 4 false']);
    });

    it('cut what is longer than the endpoint takes, and lose what a fault takes away', async () => {
      const { guest } = plugged;
      device.packets.push(Buffer.alloc(4000, 1), Buffer.from('lost'), Buffer.from('half'));
      plugged.fault({ kind: 'silent', endpoint: 0x84, afterTransfers: 1 });
      plugged.fault({ kind: 'short', endpoint: 0x84, afterTransfers: 2 });
      guest.startIso(4, (packet) => got.push(packet));
      await until(() => got.length >= 480);
      expect(got.slice(0, 3).map(({ length }) => length)).to.deep.equal([3060, 0, 2]);
    });

    it('end when the device is gone in the middle of a burst', async () => {
      const { guest } = plugged;
      device.packets.push(...Array.from({ length: 100 }, () => Buffer.from('x')));
      plugged.fault({ kind: 'disconnect', endpoint: 0x84, afterTransfers: 50 });
      guest.startIso(4, (packet) => got.push(packet));
      await until(() => guest.disconnects === 1);
      expect(device.told.at(-1)).to.equal('unplug');
    });
  });

  it('refuses iso streams of other endpoints and bulk streams politely', async () => {
    const statuses: string[] = [];
    const { guest } = plugged;
    guest.send({ name: 'startIso', id: 0n, endpoint: 0x81, packetsPerUrb: 1, urbs: 1 });
    await settle();
    expect(guest.isoStatuses.at(-1)).to.include({ status: 'invalid', endpoint: 0x81 });
    guest.send({ name: 'allocStreams', id: 0n, endpoints: 1, streams: 4 });
    await settle();
    statuses.push(...guest.violations.splice(0));
    expect(statuses.join()).to.match(/streamsStatus/);
  });

  it('unplugs with an acknowledgement, and another device goes into the same connection', async () => {
    const pending = plugged.guest.startBulkIn(1, 64);
    await settle();
    await plugged.host.detach(Deadline.after(1000));
    expect((await pending.reply).status).to.equal('io-error');
    expect(device.told.at(-1)).to.equal('unplug');
    const unit = createTestUnit();
    plugged.host.attach(new UsbDeviceCore(unit));
    await plugged.guest.enumerate();
    expect(unit.controls.current.told).to.include('configuration 1');
    expect(plugged.guest.disconnects).to.equal(1);
  });

  it('unplugs from a machine that is paused when time is up', async () => {
    const [ours, theirs] = duplexPair();
    const guest = new FakeQemu(theirs, { acknowledge: false });
    const host = new RedirHost(ours);
    await host.greeted(Deadline.after(1000));
    host.attach(new UsbDeviceCore(createTestUnit()));
    await guest.plugged;
    await host.detach(Deadline.after(20));
    host.close();
  });

  it('says what is wrong when QEMU refuses the device, dies, lacks capabilities or sends rubbish', async () => {
    const lostAfter = async (act: (guest: FakeQemu) => void, capabilities = 0xff): Promise<string> => {
      const [ours, theirs] = duplexPair();
      const guest = new FakeQemu(theirs, { capabilities });
      const host = new RedirHost(ours);
      await host.greeted(Deadline.after(1000)).catch(() => undefined);
      act(guest);
      return (await host.lost).code;
    };
    expect(await lostAfter((guest) => guest.send({ name: 'filterReject', id: 0n }))).to.equal('usb-port-refused');
    expect(await lostAfter((guest) => guest.close())).to.equal('usb-port-lost');
    expect(await lostAfter(() => undefined, 0)).to.equal('qemu-lacks-capabilities');
    expect(await lostAfter((guest) => guest.sendBytes(Buffer.alloc(16, 0xff)))).to.equal('usbredir-malformed');
  });
});
