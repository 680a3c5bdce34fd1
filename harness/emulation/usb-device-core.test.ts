import { expect } from 'chai';
import { createTestUnit, type TestFunction } from './testing/test-unit.ts';
import type { InReply } from './transfer.ts';
import type { ControlReply, FaultRule, OutReply, WireEvent } from './usb-device.ts';
import { UsbDeviceCore } from './usb-device-core.ts';

const bulkOut = 0x01;
const bulkIn = 0x81;
const interruptIn = 0x82;

describe('USB device core', () => {
  let core: UsbDeviceCore;
  let device: TestFunction;
  let wire: WireEvent[];
  let failures: Error[];

  beforeEach(() => {
    const unit = createTestUnit();
    wire = [];
    failures = [];
    core = new UsbDeviceCore(unit, { onWire: (event) => wire.push(event), onFailure: (error) => failures.push(error) });
    device = unit.controls.current;
  });

  afterEach(() => core.unplug());

  const control = async (requestType: number, request: number, value = 0, index = 0, length = 255, data: Uint8Array = new Uint8Array(0)): Promise<ControlReply> =>
    await new Promise((done) => core.submitControl({ requestType, request, value, index, length }, data, done));
  const readIn = async (length: number, endpoint = bulkIn): Promise<InReply> => await new Promise((done) => core.submitIn(endpoint, length, done));
  const write = async (text: string): Promise<OutReply> => await new Promise((done) => core.submitOut(bulkOut, Buffer.from(text), done));
  const text = (reply: InReply): string => Buffer.from(reply.data).toString();

  describe('standard requests, as a transport without messages of its own sends them', () => {
    it('set and tell the configuration', async () => {
      expect((await control(0x00, 9, 1)).status).to.equal('ok');
      expect((await control(0x80, 8, 0, 0, 1)).data).to.deep.equal(Uint8Array.of(1));
      expect((await control(0x00, 9, 2)).status).to.equal('stall');
      expect(device.told).to.deep.equal(['configuration 1']);
    });

    it('set and tell the alternate setting', async () => {
      expect((await control(0x01, 11, 1, 1)).status).to.equal('ok');
      expect((await control(0x81, 10, 0, 1, 1)).data).to.deep.equal(Uint8Array.of(1));
      expect((await control(0x81, 10, 0, 9, 1)).status).to.equal('stall');
      expect(core.activeEndpoints().map(({ address }) => address)).to.include('0x83');
    });

    it('halt and free an endpoint', async () => {
      expect((await control(0x02, 3, 0, bulkIn)).status).to.equal('ok');
      expect((await control(0x82, 0, 0, bulkIn, 2)).data).to.deep.equal(Uint8Array.of(1, 0));
      expect((await readIn(64)).status).to.equal('stall');
      expect((await control(0x02, 1, 0, bulkIn)).status).to.equal('ok');
      void device.pipes.send(1, Buffer.from('again'));
      expect(text(await readIn(64))).to.equal('again');
      expect((await control(0x02, 1, 0, 0x8e)).status).to.equal('stall');
    });

    it('accept an address, stall SET_DESCRIPTOR and leave unknown descriptors to the device class', async () => {
      expect((await control(0x00, 5, 7)).status).to.equal('ok');
      expect((await control(0x00, 7, 0x100)).status).to.equal('stall');
      device.answerControl = ({ value }) => ({ status: 'ok', data: Uint8Array.of(value >>> 8) });
      expect((await control(0x81, 6, 0x2200)).data).to.deep.equal(Uint8Array.of(0x22));
    });
  });

  it('drops data for an endpoint that is not in the active alternate setting', async () => {
    await device.pipes.send(3, Buffer.from('nowhere'));
    core.setAlternate(1, 1);
    void device.pipes.send(3, Buffer.from('here'));
    expect(text(await readIn(64, 0x83))).to.equal('here');
  });

  it('drops what was sent with a signal that aborts', async () => {
    const abort = new AbortController();
    const dropped = device.pipes.send(1, Buffer.from('stale'), abort.signal);
    void device.pipes.send(1, Buffer.from('fresh'));
    abort.abort();
    await dropped;
    expect(text(await readIn(64))).to.equal('fresh');
  });

  it('refuses more than 64 MiB from a device class that does not wait', async () => {
    const chunk = new Uint8Array(32 * 1024 * 1024);
    void device.pipes.send(1, chunk);
    void device.pipes.send(1, chunk);
    const error = await device.pipes.send(1, Uint8Array.of(1)).catch((thrown: unknown) => thrown as { code: string });
    expect(error).to.include({ code: 'in-pipe-full' });
  });

  it('keeps the newest 1024 reports of a device that is faster than the driver', async () => {
    core.submitIn(interruptIn, 64, () => undefined).cancel();
    for (let count = 0; count < 1030; count += 1) void device.pipes.send(2, Buffer.from(String(count)));
    expect(text(await readIn(64, interruptIn))).to.equal('6');
  });

  it('turns an exception of the device class into STALL and reports it as a defect of the harness', async () => {
    device.answerControl = () => {
      throw new Error('broken class');
    };
    expect((await control(0xc0, 1)).status).to.equal('stall');
    device.answerOut = async () => await Promise.reject(new Error('broken too'));
    expect((await write('x')).status).to.equal('stall');
    expect(failures.map(({ message }) => message)).to.match(/c0\/1: broken class.*0x01: broken too/s);
    expect(failures[0]).to.include({ code: 'emulation-failed', blame: 'harness' });
  });

  it('traces each transfer with its first bytes, its length and its meaning', async () => {
    await write('a'.repeat(100));
    await control(0xc0, 0x42, 1, 2, 3);
    expect(wire[0]).to.include({ from: 'host', kind: 'bulk', endpoint: 1, status: 'ok', length: 100, head: '61'.repeat(64) });
    expect(wire[1]).to.include({ kind: 'control', status: 'stall', meaning: 'TEST REQUEST', length: 0 });
    expect(wire[1]?.setup).to.deep.equal({ requestType: 0xc0, request: 0x42, value: 1, index: 2, length: 3 });
  });

  describe('faults', () => {
    const rule = (kind: FaultRule['kind'], endpoint: number, more: Partial<FaultRule> = {}): void => core.fault({ kind, endpoint, ...more });

    it('stall an OUT after so many bytes, halt the endpoint, and go away when used up', async () => {
      rule('stall', bulkOut, { afterBytes: 5 });
      expect((await write('abc')).status).to.equal('ok');
      expect((await write('defg')).status).to.equal('stall');
      expect(device.received.map(String)).to.deep.equal(['abc', 'de']);
      expect((await write('h')).status).to.equal('stall');
      await control(0x02, 1, 0, bulkOut);
      expect((await write('i')).status).to.equal('ok');
    });

    it('stall an IN, even one that is pending', async () => {
      const pending = readIn(64);
      rule('stall', bulkIn);
      expect((await pending).status).to.equal('stall');
      expect(core.isHalted(bulkIn)).to.equal(true);
    });

    it('stall only the request that matches, the second time', async () => {
      device.answerControl = () => ({ status: 'ok', data: Uint8Array.of(1, 2, 3) });
      rule('stall', 0, { afterTransfers: 1, match: { requestType: 0xc0, request: 7 } });
      expect((await control(0xc0, 8)).status).to.equal('ok');
      expect((await control(0xc0, 7)).status).to.equal('ok');
      expect((await control(0xc0, 7)).status).to.equal('stall');
      expect((await control(0xc0, 7)).status).to.equal('ok');
    });

    it('cut a control reply to one byte, a report to its half, and take half of an OUT', async () => {
      device.answerControl = () => ({ status: 'ok', data: Uint8Array.of(1, 2, 3) });
      rule('short', 0);
      expect((await control(0xc0, 7)).data).to.deep.equal(Uint8Array.of(1));
      const report = readIn(64, interruptIn);
      rule('short', interruptIn);
      void device.pipes.send(2, Buffer.from('report'));
      expect(text(await report)).to.equal('rep');
      rule('short', bulkOut);
      expect((await write('12345678')).accepted).to.equal(4);
    });

    it('give a bulk IN byte by byte without losing any', async () => {
      rule('short', bulkIn, { times: 2 });
      void device.pipes.send(1, Buffer.from('abc'));
      expect([text(await readIn(64)), text(await readIn(64)), text(await readIn(64))]).to.deep.equal(['a', 'b', 'c']);
    });

    it('answer late', async () => {
      for (const act of [async () => await write('x'), async () => await control(0xc0, 1), async () => (void device.pipes.send(1, Buffer.from('x')), await readIn(9))]) {
        for (const endpoint of [0, bulkOut, bulkIn]) rule('slow', endpoint, { delay: 20 });
        const started = performance.now();
        await act();
        expect(performance.now() - started).to.be.greaterThan(15);
        core.clearFaults();
      }
    });

    it('are silent until the driver gives up, then all goes on', async () => {
      rule('silent', bulkOut);
      let reply: OutReply | undefined;
      const silent = core.submitOut(bulkOut, Buffer.from('lost'), (answer) => (reply = answer));
      const next = write('next');
      await new Promise(setImmediate);
      expect(reply).to.equal(undefined);
      silent.cancel();
      expect(reply).to.deep.equal({ status: 'cancelled', accepted: 0 });
      expect((await next).status).to.equal('ok');
      rule('silent', 0);
      let late: ControlReply | undefined;
      core.submitControl({ requestType: 0x80, request: 6, value: 0x100, index: 0, length: 18 }, new Uint8Array(0), (answer) => (late = answer));
      expect(late).to.equal(undefined);
      core.reset();
      expect(late?.status).to.equal('cancelled');
    });

    it('take the device off the bus in the middle of a transfer', async () => {
      let gone = false;
      core.onDisconnect = () => {
        gone = true;
        core.unplug();
      };
      rule('disconnect', bulkOut, { afterBytes: 3 });
      expect((await write('abcdef')).status).to.equal('cancelled');
      expect(gone).to.equal(true);
      expect(device.received.map(String)).to.deep.equal(['abc']);
      expect(device.told.at(-1)).to.equal('unplug');
    });

    it('are forgotten when cleared', async () => {
      rule('stall', bulkOut, { times: Infinity });
      core.clearFaults();
      expect((await write('x')).status).to.equal('ok');
    });
  });
});
