import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergePatch } from '../../base/merge-patch.ts';
import { projectRoot } from '../../base/places.ts';
import { encodeStreamControl, decodeStreamControl } from '../../wire/uvc/stream-control.ts';
import { buildDescriptors } from '../descriptors.ts';
import { plugIntoFake, type FakePlug } from '../testing/fake-qemu.ts';
import type { EmulatedModel, EmulatedUnit } from '../usb-device.ts';
import { createUvcCamera, type UvcCameraControls } from './uvc-camera.ts';

const modelOf = async (patch: object): Promise<EmulatedModel> => mergePatch(JSON.parse(await readFile(join(projectRoot, 'fixtures/devices/cameras/ipevo-point-2-view.json'), 'utf8')), patch) as EmulatedModel;

const toStream = 0x0002;
const probe = 0x0100;
const commit = 0x0200;

describe('a camera of the video class', () => {
  let unit: EmulatedUnit<UvcCameraControls>;
  let plugged: FakePlug;
  let packets: Buffer[];

  const plug = async (behaviour: object = {}): Promise<void> => {
    unit = createUvcCamera(await modelOf({ behaviour }));
    plugged = await plugIntoFake(unit);
    packets = [];
  };
  const until = async (sign: () => boolean): Promise<void> => {
    while (!sign()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const ask = async (request: number, value: number, index: number, length: number): Promise<string> => {
    const { status, data } = await plugged.guest.controlIn(0xa1, request, value, index, length);
    return status === 'ok' ? data.toString('hex') : status;
  };
  /** What a driver does to begin a stream. */
  const stream = async (format: number, frame: number): Promise<void> => {
    const { guest } = plugged;
    const wanted = encodeStreamControl({ hint: 1, format, frame, interval: 222_222, delay: 0, maxFrameBytes: 0, maxPayloadBytes: 0 }, 26, 0);
    expect((await guest.controlOut(0x21, 0x01, probe, toStream, wanted)).status).to.equal('ok');
    const agreed = await guest.controlIn(0xa1, 0x81, probe, toStream, 26);
    expect((await guest.controlOut(0x21, 0x01, commit, toStream, agreed.data)).status).to.equal('ok');
    expect(await guest.setAlternate(2, 1)).to.equal('ok');
    guest.startIso(2, (packet) => {
      if (packet.length > 0) packets.push(packet);
    });
  };
  /** The pictures in the payloads, put together as a driver does it. */
  const pictures = (): Buffer[] => {
    const whole: Buffer[] = [];
    let parts: Buffer[] = [];
    for (const packet of packets) {
      parts.push(packet.subarray(packet[0]));
      if (((packet[1] ?? 0) & 2) === 0) continue;
      whole.push(Buffer.concat(parts));
      parts = [];
    }
    return whole;
  };

  afterEach(() => {
    plugged.close();
    expect(plugged.guest.violations).to.deep.equal([]);
    expect(plugged.failures).to.deep.equal([]);
  });

  it('has a configuration as long as the real one says', async () => {
    await plug();
    expect(buildDescriptors(unit.model.usb).configuration.readUInt16LE(2)).to.equal(0x299);
    expect(unit.controls.formats.map(({ kind, frames }) => `${kind} ${frames.map(({ width }) => width).join(' ')}`)).to.deep.equal(['yuy2 640 320 800 1024 1280 1600', 'mjpeg 640 320 800 1024 1280 1600']);
  });

  it('agrees to the nearest that it can do', async () => {
    await plug();
    const { guest } = plugged;
    await guest.controlOut(0x21, 0x01, probe, toStream, encodeStreamControl({ hint: 1, format: 2, frame: 99, interval: 1, delay: 0, maxFrameBytes: 7, maxPayloadBytes: 7 }, 26, 0));
    const { data } = await guest.controlIn(0xa1, 0x81, probe, toStream, 26);
    expect(decodeStreamControl(data)).to.deep.equal({ hint: 1, format: 2, frame: 1, interval: 222_222, delay: 32, maxFrameBytes: 614_400, maxPayloadBytes: 3060 });
    expect(await ask(0x85, probe, toStream, 2)).to.equal('1a00');
    expect(await ask(0x86, probe, toStream, 1)).to.equal('03');
    expect(await ask(0x81, 0x0300, toStream, 11)).to.equal('stall');
    expect((await guest.controlOut(0x21, 0x01, probe, toStream, Buffer.alloc(25))).status).to.equal('stall');
  });

  it('streams JPEGs that are whole, each with another number, the frame id turning', async () => {
    await plug();
    await stream(2, 2);
    await until(() => pictures().length >= 3);
    expect(unit.controls.streaming).to.equal(true);
    const got = pictures();
    expect(got.slice(0, 3).map((picture, index) => picture.equals(unit.controls.pictures[index]?.bytes ?? Buffer.alloc(0)))).to.deep.equal([true, true, true]);
    for (const picture of got) expect([picture.toString('hex', 0, 4), picture.toString('hex', picture.length - 2)]).to.deep.equal(['ffd8fffe', 'ffd9']);
    expect(new Set(got.map((picture) => picture.toString('hex'))).size).to.equal(got.length);
    const ids = packets.map((packet) => (packet[1] ?? 0) & 1);
    const ends = packets.map((packet) => ((packet[1] ?? 0) & 2) !== 0);
    ids.forEach((id, index) => expect(id !== ids[index - 1], `payload ${index}`).to.equal(index === 0 ? true : ends[index - 1]));
    expect(await plugged.guest.setAlternate(2, 0)).to.equal('ok');
    expect(unit.controls.streaming).to.equal(false);
  });

  it('streams YUY2 of exactly two bytes a pixel', async () => {
    await plug();
    await stream(1, 2);
    await until(() => pictures().length >= 1);
    expect(pictures()[0]?.length).to.equal(320 * 240 * 2);
    expect(unit.controls.pictures[0]).to.include({ format: 'yuy2', width: 320, height: 240 });
    expect(unit.controls.agreed).to.include({ format: 1, frame: 2, interval: 333_333 });
  });

  it('answers for its controls, and says why it refuses', async () => {
    await plug();
    const { guest } = plugged;
    const brightness = 0x0200;
    const processing = 0x0301;
    expect([await ask(0x82, brightness, processing, 2), await ask(0x83, brightness, processing, 2), await ask(0x87, brightness, processing, 2), await ask(0x86, brightness, processing, 1), await ask(0x85, brightness, processing, 2)]).to.deep.equal(['c0ff', '4000', '0000', '03', '0200']);
    await guest.controlOut(0x21, 0x01, brightness, processing, Buffer.from('f6ff', 'hex'));
    expect([unit.controls.setting('brightness'), await ask(0x81, brightness, processing, 2)]).to.deep.equal([-10, 'f6ff']);
    expect((await guest.controlOut(0x21, 0x01, brightness, processing, Buffer.from('ff7f', 'hex'))).status).to.equal('stall');
    expect(await ask(0x81, 0x0200, 0x0001, 1)).to.equal('04');
    expect([await ask(0x81, 0x0100, 0x0301, 1), await ask(0x81, 0x0200, 0x0001, 1)]).to.deep.equal(['stall', '06']);
    expect([await ask(0x81, 0x0100, 0x0901, 1), await ask(0x81, 0x0200, 0x0001, 1)]).to.deep.equal(['stall', '05']);
    unit.controls.reset();
    expect(unit.controls.setting('brightness')).to.equal(0);
  });

  it('tells its button, and its report descriptor', async () => {
    await plug();
    const { guest } = plugged;
    const told: string[] = [];
    await guest.startInterrupt(1, (report) => told.push(report.toString('hex')));
    unit.controls.pressButton();
    await until(() => told.length === 2);
    expect(told).to.deep.equal(['02020001', '02020000']);
    expect((await guest.controlIn(0x81, 6, 0x2200, 0, 64)).data.length).to.equal(64);
  });

  it('changes a byte, loses a payload, stays dark, and does not heed a control, where its model says so', async () => {
    await plug({ defects: { changesOneByteIn: 1000 } });
    await stream(2, 2);
    await until(() => pictures().length >= 1);
    const [sent, got] = [Buffer.from(unit.controls.pictures[0]?.bytes ?? []), pictures()[0] ?? Buffer.alloc(0)];
    expect([...sent].filter((byte, index) => got[index] !== byte).length).to.equal(Math.floor(sent.length / 1000));
    plugged.close();
    await plug({ defects: { losesPayloadIn: 4 } });
    await stream(1, 2);
    await until(() => pictures().length >= 1);
    expect(pictures()[0]?.length).to.be.below(320 * 240 * 2);
    plugged.close();
    await plug({ defects: { dark: true, deafControls: true } });
    await stream(2, 2);
    await plugged.guest.controlOut(0x21, 0x01, 0x0200, 0x0301, Buffer.from('0500', 'hex'));
    expect(unit.controls.setting('brightness')).to.equal(0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(packets).to.have.length(0);
  });

  it('is refused when its descriptors are of something else', async () => {
    await plug();
    const broken = async (patch: object): Promise<string> => {
      try {
        createUvcCamera(await modelOf(patch));
        return 'taken';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await broken({ usb: { configuration: { interfaces: [] } } })).to.match(/lacks a VideoControl interface/);
    const { interfaces } = unit.model.usb.configuration;
    expect(await broken({ usb: { configuration: { interfaces: interfaces.slice(0, 2) } } })).to.match(/lacks a VideoStreaming interface/);
    const dumb = structuredClone(interfaces) as unknown as { alternates: { endpoints: { extra?: string[] }[] }[] }[];
    dumb[2]!.alternates[0]!.endpoints[0]!.extra = ['1e 24 05 01 00 80 02'];
    expect(await broken({ usb: { configuration: { interfaces: dumb } } })).to.match(/whole descriptors of its formats|lacks a format/);
  });
});
