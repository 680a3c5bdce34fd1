import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { buildDescriptors } from '../descriptors.ts';
import { plugIntoFake, type FakePlug } from '../testing/fake-qemu.ts';
import type { EmulatedModel, EmulatedUnit } from '../usb-device.ts';
import { createArduinoUno, type ArduinoUnoControls } from './arduino-uno.ts';

const folder = join(projectRoot, 'fixtures/devices/robotics');
const models = await Promise.all((await readdir(folder)).map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as EmulatedModel));
const uno = models.find(({ id }) => id === 'arduino-uno-r3');
if (!uno) throw new Error('fixtures/devices/robotics/arduino-uno-r3.json is missing');

const out = 4;
const bulkIn = 3;
const greeting = String(uno.behaviour['greeting']);

describe('Arduino Uno', () => {
  let unit: EmulatedUnit<ArduinoUnoControls>;
  let plugged: FakePlug;

  const plugModel = async (behaviour: object = {}): Promise<void> => {
    unit = createArduinoUno({ ...uno, behaviour: { ...uno.behaviour, ...behaviour } });
    plugged = await plugIntoFake(unit);
  };
  const withWindow = (window: number): object => ({ bootloader: { ...(uno.behaviour['bootloader'] as object), window } });
  const lines = async (value: number): Promise<void> => void (await plugged.guest.controlOut(0x21, 0x22, value, 0));
  const coding = async (hex: string): Promise<string> => (await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from(hex, 'hex'))).status;
  const fast = '00c20100000008';
  const read = async (length: number): Promise<string> => {
    let text = '';
    while (text.length < length) text += (await plugged.guest.bulkIn(bulkIn, 128)).data.toString('latin1');
    return text;
  };

  afterEach(() => {
    plugged.close();
    expect(plugged.guest.violations).to.deep.equal([]);
    expect(plugged.failures).to.deep.equal([]);
  });

  for (const model of models.filter(({ emulator }) => emulator === 'arduino-uno')) {
    it(`${model.id} has descriptors that hold together`, async () => {
      await plugModel();
      expect(buildDescriptors(model.usb).configuration.length).to.equal(62);
    });
  }

  it('records line coding, modem lines and breaks, and gives the coding back', async () => {
    await plugModel();
    expect(await coding('00e10000020207')).to.equal('ok');
    expect((await plugged.guest.controlIn(0xa1, 0x21, 0, 0, 7)).data.toString('hex')).to.equal('00e10000020207');
    expect(unit.controls.lineCodings).to.deep.equal([{ baud: 57_600, dataBits: 7, parity: 'even', stopBits: 2 }]);
    await lines(3);
    expect(unit.controls).to.include({ dtr: true, rts: true, dtrEdges: 1, resets: 1 });
    await lines(2);
    await lines(1);
    expect(unit.controls).to.include({ dtr: true, rts: false, dtrEdges: 2 });
    await plugged.guest.controlOut(0x21, 0x23, 65_535, 0);
    expect(unit.controls.breaks).to.deep.equal([65_535]);
    expect(await coding('00e100')).to.equal('stall');
    expect((await plugged.guest.controlOut(0x21, 0x55, 0, 0)).status).to.equal('stall');
  });

  it('runs the boot loader after DTR, at its speed only, and the sketch afterwards', async () => {
    await plugModel(withWindow(100));
    await lines(1);
    await plugged.guest.bulkOut(out, Buffer.from('3020', 'hex'));
    expect(unit.controls.bootCommands, 'at 9600').to.equal(0);
    await coding(fast);
    await plugged.guest.bulkOut(out, Buffer.from('7520', 'hex'));
    expect((await plugged.guest.bulkIn(bulkIn, 128)).data.toString('hex')).to.equal('141e950f10');
    expect(await read(greeting.length)).to.equal(greeting);
    await plugged.guest.bulkOut(out, Buffer.from('3020', 'hex'));
    expect(await read(2)).to.equal('0 ');
    expect(Buffer.from(unit.controls.received()).toString()).to.equal('0 ');
    expect(plugged.wire.map(({ meaning }) => meaning)).to.include.members(['STK500 READ_SIGN', 'SET_LINE_CODING 115200 8N1', 'SET_CONTROL_LINE_STATE DTR on, RTS off']);
  });

  it('programs its flash, starts the sketch when told to, and keeps the flash over an unplug', async () => {
    await plugModel();
    await lines(1);
    await coding(fast);
    const page = Buffer.alloc(128, 0x5a);
    await plugged.guest.bulkOut(out, Buffer.concat([Buffer.from('55000020' + '64008046', 'hex'), page, Buffer.from('20' + '5120', 'hex')]));
    expect(await read(6 + greeting.length)).to.equal(`\x14\x10\x14\x10\x14\x10${greeting}`);
    plugged.close();
    plugged = await plugIntoFake(unit);
    expect(Buffer.from(unit.controls.flash().subarray(0, 129)).toString('hex')).to.equal('5a'.repeat(128) + 'ff');
    unit.controls.reset();
    expect(unit.controls.flash().every((byte) => byte === 0xff)).to.equal(true);
  });

  it('says nothing without a boot loader, and does not reset without the capacitor', async () => {
    await plugModel({ bootloader: { ...(uno.behaviour['bootloader'] as object), answers: false } });
    await coding(fast);
    await lines(1);
    await plugged.guest.bulkOut(out, Buffer.from('3020', 'hex'));
    expect(unit.controls.bootCommands).to.equal(0);
    plugged.close();
    await plugModel({ defects: { ignoresDtr: true } });
    await lines(1);
    await plugged.guest.bulkOut(out, Buffer.from('sketch'));
    expect(unit.controls).to.include({ resets: 0, receivedBytes: 6 });
  });

  it('echoes 64 KiB without a loss, and holds the driver when it does not read', async () => {
    await plugModel({ defects: { ignoresDtr: true } });
    await lines(1);
    const data = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7) & 0xff));
    const came: Buffer[] = [];
    const reading = (async () => {
      for (let length = 0; length < data.length; ) {
        const { data: piece } = await plugged.guest.bulkIn(bulkIn, 2048);
        came.push(piece);
        length += piece.length;
      }
    })();
    for (let at = 0; at < data.length; at += 4096) await plugged.guest.bulkOut(out, data.subarray(at, at + 4096));
    await reading;
    expect(Buffer.concat(came).equals(data)).to.equal(true);
    expect(Buffer.from(unit.controls.received()).equals(data)).to.equal(true);
    const held: Promise<unknown>[] = [];
    for (let at = 0; at < 20; at += 1) held.push(plugged.guest.bulkOut(out, data.subarray(0, 4096)));
    expect(await Promise.race([Promise.all(held), new Promise((resolve) => setTimeout(() => resolve('held'), 30))])).to.equal('held');
    await lines(0);
    await Promise.all(held);
  });

  it('throws away what nobody has read when the port is closed', async () => {
    await plugModel({ defects: { ignoresDtr: true } });
    await lines(1);
    unit.controls.print(Buffer.from('old'));
    await lines(0);
    unit.controls.print(Buffer.from('nobody listens'));
    await lines(1);
    unit.controls.print(Buffer.from('new'));
    expect(await read(3)).to.equal('new');
  });

  it('loses one byte in so many when it is broken so', async () => {
    await plugModel({ defects: { ignoresDtr: true, losesOneByteIn: 4 } });
    await lines(1);
    await plugged.guest.bulkOut(out, Buffer.from('abc'));
    await plugged.guest.bulkOut(out, Buffer.from('defgh'));
    expect(await read(6)).to.equal('abcefg');
  });

  it('needs a CDC data interface', async () => {
    await plugModel();
    const broken = structuredClone(uno) as unknown as { usb: { configuration: { interfaces: unknown[] } } };
    broken.usb.configuration.interfaces.pop();
    expect(() => createArduinoUno(broken as unknown as EmulatedModel)).to.throw(/no CDC data interface/);
  });
});
