import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { writeUsbmonPcap } from '../../wire/pcap/write-usbmon-pcap.ts';
import { createArduinoUno } from '../arduino-uno/arduino-uno.ts';
import { createUnit } from '../create-unit.ts';
import { plugIntoFake, type FakePlug } from '../testing/fake-qemu.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { captureToCassette } from './capture-to-cassette.ts';
import { recordUnit } from './record-unit.ts';
import { replayUnit } from './replay-unit.ts';

const uno = JSON.parse(await readFile(join(projectRoot, 'fixtures/devices/robotics/arduino-uno-r3.json'), 'utf8')) as EmulatedModel;
const serial = uno.usb.strings.serial ?? '';

async function drive({ guest }: FakePlug): Promise<void> {
  await guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('00c20100000008', 'hex'));
  await guest.controlOut(0x21, 0x22, 1, 0);
  await guest.bulkOut(4, Buffer.from('3020', 'hex'));
  expect((await guest.bulkIn(3, 128)).data.toString('hex')).to.equal('1410');
}

/** What usbmon would have seen of an Uno. */
async function capture(): Promise<Uint8Array> {
  const events: CassetteEvent[] = [];
  const recorded = recordUnit(createArduinoUno(uno), (event) => events.push(event));
  const plugged = await plugIntoFake(recorded.unit, recorded.onWire);
  for (const [type, length] of [[1, 18], [2, 512]] as const) await plugged.guest.controlIn(0x80, 6, type << 8, 0, length);
  for (const index of [1, 2, 3]) await plugged.guest.controlIn(0x80, 6, 0x300 | index, 0x409, 255);
  await drive(plugged);
  plugged.close();
  return writeUsbmonPcap(events, Date.UTC(2026, 10, 22));
}

describe('captureToCassette', function () {
  this.timeout(20_000);
  it('makes a device that plays what was captured, without the serial number of the unit', async () => {
    const bytes = await capture();
    expect(Buffer.from(bytes).includes(Buffer.from(serial, 'utf16le')), 'the capture has the serial number').to.equal(true);
    const { cassette } = await captureToCassette({ file: 'uno.pcap', bytes });
    expect(cassette.head).to.deep.include({ origin: 'usbmon', scrubbed: ['serial number'] });
    expect(cassette.head.recordedAt).to.match(/^2026-11-22T00:00:0\d/);
    expect(JSON.stringify(cassette.head)).to.not.contain(serial);
    for (const { data } of cassette.events) expect(Buffer.from(data ?? []).includes(Buffer.from(serial, 'utf16le'))).to.equal(false);
    const model = cassette.head.model as unknown as EmulatedModel;
    const replayed = replayUnit(cassette, { mode: 'strict', shadow: await createUnit(model) });
    const plugged = await plugIntoFake(replayed.unit);
    await drive(plugged);
    expect(replayed.report()).to.deep.include({ verdict: 'match', divergences: 0 });
    plugged.close();
  });

  it('keeps the serial number where that is wished', async () => {
    const { cassette } = await captureToCassette({ file: 'uno.pcap', bytes: await capture() }, { keepSerial: true });
    expect(cassette.head.scrubbed).to.deep.equal([]);
    expect(cassette.events.some(({ data }) => Buffer.from(data ?? []).includes(Buffer.from(serial, 'utf16le')))).to.equal(true);
  });

  it('makes a device of a recording of hid-recorder that sends what was recorded, with its pauses, in whatever tests', async () => {
    const bytes = await readFile(join(projectRoot, 'fixtures/recordings/ilitek-222a-0015.hid'));
    const { cassette } = await captureToCassette({ file: 'touch.hid', bytes });
    expect(cassette.head).to.include({ origin: 'hid-recorder' });
    const recorded = cassette.events.filter(({ kind }) => kind === 'interrupt').slice(0, 10);
    expect(recorded).to.have.length(10);
    const replayed = replayUnit(cassette, { mode: 'strict', shadow: await createUnit(cassette.head.model as unknown as EmulatedModel) });
    const plugged = await plugIntoFake(replayed.unit);
    replayed.mark('a test of any suite');
    const seen: Buffer[] = [];
    await plugged.guest.startInterrupt((recorded[0]?.endpoint ?? 0) & 0x0f, (report) => seen.push(report));
    while (seen.length < recorded.length) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen.slice(0, 10).map((report) => report.toString('hex'))).to.deep.equal(recorded.map(({ data }) => Buffer.from(data ?? []).toString('hex')));
    expect(replayed.report().divergences).to.equal(0);
    plugged.close();
  });

  it('refuses what is no capture of transfers', async () => {
    const error = await captureToCassette({ file: 'x.txt', bytes: Buffer.from('Bus 001 Device 002: ID 2341:0043\n') }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(HwlabError).with.property('blame', 'usage');
  });
});
