import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { Deadline } from '../../base/deadline.ts';
import { projectRoot } from '../../base/places.ts';
import { cassetteSchema, type Cassette, type CassetteEvent } from '../../wire/cassette/cassette.ts';
import { createArduinoUno } from '../arduino-uno/arduino-uno.ts';
import { replayUnit } from '../cassette/replay-unit.ts';
import { createUnit } from '../create-unit.ts';
import { fingersDown, fingersMove, fingersUp } from '../hid-touch/gestures.ts';
import { createHidTouch } from '../hid-touch/hid-touch.ts';
import type { PluggedDevice } from '../plug.ts';
import { serveUnit, type ServedUnit } from '../serve-unit.ts';
import { FakeQemu, plugIntoFake } from '../testing/fake-qemu.ts';
import type { EmulatedModel, WireEvent } from '../usb-device.ts';
import type { RawPrinterControls } from '../usb-printer/usb-printer.ts';
import { RedirectedUnit } from './redirected-unit.ts';

const load = async (path: string): Promise<EmulatedModel> => JSON.parse(await readFile(join(projectRoot, 'fixtures/devices', path), 'utf8')) as EmulatedModel;
const uno = await load('robotics/arduino-uno-r3.json');
const panel = await load('panels/hwlab-panel-65.json');
const printer = await load('printers/hp-laserjet-p1102.json');
const soon = (): Deadline => Deadline.after(5000);

/** What avrdude does, in short: reset by DTR, speed, sign on, signature. */
async function signature(guest: FakeQemu): Promise<void> {
  await guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('00c20100000008', 'hex'));
  await guest.controlOut(0x21, 0x22, 1, 0);
  await guest.bulkOut(4, Buffer.from('3020', 'hex'));
  let said = '';
  while (said.length < 4) said += (await guest.bulkIn(3, 128)).data.toString('hex');
  expect(said).to.equal('1410');
  await guest.bulkOut(4, Buffer.from('7520', 'hex'));
  while (said.length < 14) said += (await guest.bulkIn(3, 128)).data.toString('hex');
  expect(said).to.equal('1410141e950f10');
}

describe('a redirected unit', function () {
  this.timeout(15_000);
  const served: ServedUnit[] = [];
  const units: RedirectedUnit[] = [];
  afterEach(async () => {
    for (const unit of units.splice(0)) unit.close();
    for (const each of served.splice(0)) await each.close();
  });

  async function redirected(model: EmulatedModel, unit = createUnit(model), as = model): Promise<{ unit: RedirectedUnit; events: CassetteEvent[] }> {
    const server = await serveUnit(await unit, { host: '127.0.0.1', port: 0 });
    served.push(server);
    const made = await RedirectedUnit.connect({ endpoint: { host: '127.0.0.1', port: server.port }, model: as, createShadow: createUnit, deadline: soon() });
    units.push(made);
    const events: CassetteEvent[] = [];
    made.append = (event) => events.push(event);
    return { unit: made, events };
  }

  async function plugged(unit: RedirectedUnit, wire: WireEvent[] = []): Promise<{ guest: FakeQemu; device: PluggedDevice }> {
    const [ours, theirs] = duplexPair();
    const guest = new FakeQemu(theirs);
    const device = await unit.plug(ours, { deadline: soon(), onWire: (event) => wire.push(event) });
    await guest.enumerate();
    return { guest, device };
  }

  const cassetteOf = (model: EmulatedModel, events: readonly CassetteEvent[]): Cassette => ({ head: { schema: cassetteSchema, origin: 'proxy', recordedAt: '2026-11-22T10:00:00.000Z', model: { ...model }, environment: {}, scrubbed: [] }, events });

  it('works at a guest as where it is, and what crossed the cable plays as the device', async () => {
    const { unit, events } = await redirected(uno);
    const wire: WireEvent[] = [];
    const { guest, device } = await plugged(unit, wire);
    await device.configured;
    await signature(guest);
    await device.unplug();
    expect(guest.violations).to.deep.equal([]);
    expect(wire.some(({ meaning }) => meaning === 'STK500 READ_SIGN'), 'decoded').to.equal(true);
    const out = events.findIndex(({ endpoint }) => endpoint === 4);
    expect(events.slice(out).flatMap(({ kind, endpoint }) => (kind === 'bulk' ? [endpoint] : []))).to.deep.equal([4, 0x83, 4, 0x83]);
    const { unit: replayed, report } = replayUnit(cassetteOf(unit.unit.model, events), { mode: 'strict', shadow: createArduinoUno(unit.unit.model) });
    const again = await plugIntoFake(replayed);
    await signature(again.guest);
    expect(report()).to.deep.include({ verdict: 'match', divergences: 0 });
    again.close();
  });

  it('shows the class what came, and is plugged out and in on one connection', async () => {
    const { unit } = await redirected(printer);
    const first = await plugged(unit);
    await first.guest.bulkOut(1, Buffer.from('\x1b%-12345X@PJL JOB\r\nfirst'));
    await first.device.unplug();
    expect(first.guest.disconnects).to.equal(1);
    const { guest, device } = await plugged(unit);
    expect((await guest.controlIn(0xa1, 1, 0, 0, 1)).data[0]).to.equal(0x18);
    await guest.bulkOut(1, Buffer.from('\x1b%-12345X@PJL JOB\r\nsecond'));
    const { jobs } = unit.unit.controls as RawPrinterControls;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(jobs.map(({ document }) => Buffer.from(document.head).toString()).join()).to.contain('second');
    await device.unplug();
  });

  it('answers every cancelled transfer once', async () => {
    const { unit, events } = await redirected(uno);
    const { guest, device } = await plugged(unit);
    const waiting = Array.from({ length: 16 }, () => guest.startBulkIn(3, 128));
    await new Promise((resolve) => setTimeout(resolve, 30));
    for (const transfer of waiting) transfer.cancel();
    const ends = await Promise.all(waiting.map(async ({ reply }) => (await reply).status));
    expect(ends.filter((status) => status === 'cancelled').length).to.be.at.least(15);
    await device.unplug();
    expect(events.filter(({ status }) => status === 'cancelled'), 'nothing moved').to.deep.equal([]);
    expect(guest.violations).to.deep.equal([]);
  });

  it('keeps whole reports, longer than a packet or as long as one', async () => {
    const made = createHidTouch(panel);
    const { unit, events } = await redirected(panel, Promise.resolve(made));
    const { guest, device } = await plugged(unit);
    const seen: string[] = [];
    await guest.startInterrupt(1, (report) => seen.push(report.toString('hex')));
    const points = [{ x: 0.5, y: 0.5 }];
    await made.controls.touch([fingersDown(points), ...fingersMove(points, 0.1, 0.1, 3), fingersUp(points)], 20);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await device.unplug();
    expect(seen.length).to.be.at.least(5);
    expect(events.flatMap(({ kind, data }) => (kind === 'interrupt' ? [Buffer.from(data ?? []).toString('hex')] : []))).to.deep.equal(seen);
  });

  it('never writes its serial number down', async () => {
    const real = { ...uno, usb: { ...uno.usb, strings: { ...uno.usb.strings, serial: 'SCHOOL57-0042' } } };
    const { unit, events } = await redirected(real);
    const { guest, device } = await plugged(unit);
    const descriptor = (await guest.controlIn(0x80, 6, 0x0100, 0, 18)).data;
    const inGuest = (await guest.controlIn(0x80, 6, 0x0300 | (descriptor[16] ?? 0), 0x0409, 255)).data.subarray(2).toString('utf16le');
    expect(inGuest, 'the guest sees the real one').to.equal('SCHOOL57-0042');
    await device.unplug();
    expect(unit.unit.model.usb.strings.serial).to.not.contain('SCHOOL');
    const written = Buffer.concat(events.map(({ data }) => Buffer.from(data ?? [])));
    expect(written.includes(Buffer.from('SCHOOL57', 'utf16le')) || written.includes('SCHOOL57')).to.equal(false);
  });

  it('writes down how a job is printed, and not what', async () => {
    const { unit, events } = await redirected(printer);
    const { guest, device } = await plugged(unit);
    const job = (name: string, page: string): Buffer => Buffer.from(`\x1b%-12345X@PJL JOB NAME="${name}"\r\n@PJL ENTER LANGUAGE=PCL\r\n${page}\x1b%-12345X@PJL EOJ\r\n`);
    await guest.bulkOut(1, job('marks 7b', 'Ivan Petrov'));
    await device.unplug();
    expect(unit.scrubbed).to.include('contents of print jobs');
    const written = Buffer.concat(events.flatMap(({ endpoint, data }) => (endpoint === 1 && data ? [data] : []))).toString('latin1');
    expect(written).to.contain('@PJL ENTER LANGUAGE=PCL').and.not.match(/marks|Petrov/);
    const { unit: replayed, report } = replayUnit(cassetteOf(unit.unit.model, events), { mode: 'strict', shadow: await createUnit(unit.unit.model) });
    const again = await plugIntoFake(replayed);
    await again.guest.bulkOut(1, job('tasks 8a', 'Anna Ivanov'));
    expect(report().divergences).to.equal(0);
    await again.guest.bulkOut(1, Buffer.from('more'));
    expect(report().divergences).to.equal(1);
    again.close();
  });

  it('is lost when it is unplugged where it is, and refused when it is another model', async () => {
    const { unit } = await redirected(uno);
    const { device } = await plugged(unit);
    await served[0]?.close();
    served.splice(0);
    expect(await device.lost).to.include({ code: 'unit-lost', blame: 'lab' });
    const wrong = await redirected(uno, undefined, printer).then(() => 'taken', (error: { code: string }) => error.code);
    expect(wrong).to.equal('unit-is-another');
    const nobody = await RedirectedUnit.connect({ endpoint: { host: '127.0.0.1', port: 1 }, model: uno, createShadow: createUnit, deadline: soon() }).then(() => 'taken', (error: { code: string }) => error.code);
    expect(nobody).to.equal('unit-unreachable');
  });
});
