import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { plugIntoFake, type FakePlug } from '../testing/fake-qemu.ts';
import type { EmulatedModel, EmulatedUnit } from '../usb-device.ts';
import { ch340Format, ch340Speed } from './ch340.ts';
import { cp210xFormat } from './cp210x.ts';
import { ft232Format, ft232Speed } from './ft232r.ts';
import { createUsbSerial, type UsbSerialControls } from './usb-serial.ts';

const modelOf = async (id: string): Promise<EmulatedModel> => JSON.parse(await readFile(join(projectRoot, `fixtures/devices/robotics/${id}.json`), 'utf8')) as EmulatedModel;

describe('speeds and formats of USB serial chips', () => {
  it('decodes the divisors of a CH340 within 2 % of what drivers ask for', () => {
    expect(ch340Speed(0x82, 0xb2)).to.be.within(9408, 9792);
    expect(ch340Speed(0x83, 0xcc)).to.be.within(112_896, 117_504);
    expect(ch340Format(0xc3)).to.deep.equal({ dataBits: 8, parity: 'none', stopBits: 1 });
    expect(ch340Format(0xde)).to.deep.equal({ dataBits: 7, parity: 'even', stopBits: 2 });
  });

  it('decodes the divisors of an FT232R with their eighths', () => {
    expect(ft232Speed(0x4138, 0)).to.equal(9600);
    expect(ft232Speed(0x001a, 0)).to.equal(115_385);
    expect([ft232Speed(0, 0), ft232Speed(1, 0), ft232Speed(0xc034, 0)]).to.deep.equal([3_000_000, 2_000_000, 57_554]);
    expect(ft232Format(0x0108)).to.deep.equal({ dataBits: 8, parity: 'odd', stopBits: 1 });
    expect(ft232Format(0x1207)).to.deep.equal({ dataBits: 7, parity: 'even', stopBits: 2 });
  });

  it('decodes the line control word of a CP210x', () => {
    expect(cp210xFormat(0x0800)).to.deep.equal({ dataBits: 8, parity: 'none', stopBits: 1 });
    expect(cp210xFormat(0x0722)).to.deep.equal({ dataBits: 7, parity: 'even', stopBits: 2 });
  });
});

describe('a board behind a USB serial chip', () => {
  let unit: EmulatedUnit<UsbSerialControls>;
  let plugged: FakePlug;

  const plugModel = async (id: string, behaviour: object = {}): Promise<void> => {
    const model = await modelOf(id);
    unit = createUsbSerial({ ...model, behaviour: { ...model.behaviour, ...behaviour } });
    plugged = await plugIntoFake(unit);
  };
  const vendor = async (requestType: number, request: number, value: number, index: number, data?: Uint8Array): Promise<string> => (await plugged.guest.controlOut(requestType, request, value, index, data)).status;
  const answer = async (requestType: number, request: number, value: number, index: number, length: number): Promise<string> => (await plugged.guest.controlIn(requestType, request, value, index, length)).data.toString('hex');

  afterEach(() => {
    plugged.close();
    expect(plugged.guest.violations).to.deep.equal([]);
    expect(plugged.failures).to.deep.equal([]);
  });

  it('runs every speed off by as much as its crystal is', async () => {
    await plugModel('arduino-nano-ch340', { defects: { clockError: -10 } });
    await vendor(0x40, 0x9a, 0x1312, 0xcc83);
    expect(unit.controls.lineCodings.at(-1)?.baud).to.be.within(112_896 * 0.9, 117_504 * 0.9);
  });

  it('CH340: answers version and modem lines, takes DTR, speed and break', async () => {
    await plugModel('arduino-nano-ch340');
    expect(await answer(0xc0, 0x5f, 0, 0, 2)).to.equal('3100');
    expect(await answer(0xc0, 0x95, 0x0706, 0, 2)).to.equal('ffee');
    unit.controls.modem = { cts: true, dsr: false, ri: false, dcd: true };
    expect(await answer(0xc0, 0x95, 0x0706, 0, 2)).to.equal('f6ee');
    await vendor(0x40, 0x9a, 0x1312, 0xcc83);
    await vendor(0x40, 0x9a, 0x2518, 0x00c3);
    expect(unit.controls.lineCodings.at(-1)).to.deep.equal({ baud: 115_385, dataBits: 8, parity: 'none', stopBits: 1 });
    await vendor(0x40, 0xa4, 0xff9f, 0);
    expect(unit.controls).to.include({ dtr: true, rts: true, dtrEdges: 1, resets: 1 });
    await vendor(0x40, 0x9a, 0x1805, 0x8300);
    expect(unit.controls).to.include({ breaking: true, breakCount: 1 });
    await vendor(0x40, 0x9a, 0x1805, 0xc301);
    expect(unit.controls.breaking).to.equal(false);
  });

  it('FT232R: every packet begins with two status bytes', async () => {
    await plugModel('arduino-nano-v3', { defects: { ignoresDtr: true } });
    await vendor(0x40, 1, 0x0303, 0);
    unit.controls.print(Buffer.alloc(100, 0x5a));
    const { data } = await plugged.guest.bulkIn(1, 512);
    expect(data.toString('hex')).to.equal(`0160${'5a'.repeat(62)}0160${'5a'.repeat(38)}`);
    unit.controls.modem = { cts: true, dsr: true, ri: false, dcd: false };
    expect((await plugged.guest.bulkIn(1, 512)).data.toString('hex')).to.equal('3160');
    expect(await answer(0xc0, 5, 0, 0, 2)).to.equal('3160');
  });

  it('CP210x: two transistors reset the board when RTS lets go, not when the port is opened', async () => {
    await plugModel('esp32-devkitc');
    await vendor(0x41, 7, 0x0303, 0);
    expect(unit.controls.resets, 'DTR and RTS together').to.equal(0);
    await vendor(0x41, 7, 0x0302, 0);
    await vendor(0x41, 7, 0x0301, 0);
    expect(unit.controls.resets, 'RTS alone, then DTR alone').to.equal(1);
    expect(await answer(0xc1, 8, 0, 0, 1)).to.equal('01');
    await vendor(0x41, 0x1e, 0, 0, Buffer.from('00c20100', 'hex'));
    expect(unit.controls.lineCodings.at(-1)?.baud).to.equal(115_200);
    expect(await vendor(0x41, 0x1e, 0, 0, Buffer.from('00c2', 'hex'))).to.equal('stall');
    expect((await answer(0xc1, 0x14, 0, 0, 16)).length).to.equal(32);
  });

  it('CP210x: GPIO0 low at the end of a reset leads into the boot loader of an ESP chip, which is heard with both lines off', async () => {
    await plugModel('esp32-devkitc');
    const seen = async (until: string): Promise<string> => {
      let text = '';
      while (!text.includes(until)) text += (await plugged.guest.bulkIn(1, 512)).data.toString('latin1');
      return text;
    };
    const lines = async (...values: number[]): Promise<void> => { for (const value of values) await vendor(0x41, 7, 0x0300 | value, 0); };
    await vendor(0x41, 0, 1, 0);
    await vendor(0x41, 0x1e, 0, 0, Buffer.from('00c20100', 'hex'));
    await lines(0, 3, 2, 1, 0);
    expect(await seen('waiting for download')).to.contain('boot:0x3');
    await plugged.guest.bulkOut(1, Buffer.from(`c00008240000000000070712 20${'55'.repeat(32)}c0`.replace(' ', ''), 'hex'));
    await seen('\x08\x04\x00');
    expect(unit.controls).to.include({ resets: 1, bootCommands: 1 });
    await lines(2, 0);
    expect(await seen('BOOT')).to.contain('boot:0x13');
    await plugged.guest.bulkOut(1, Buffer.from('lesson'));
    expect(await seen('lesson')).to.contain('lesson');
  });

  it('refuses and shortens the answers that its model says', async () => {
    await plugModel('makeblock-mbot', { quirks: { stalls: ['c095'], shortens: ['c05f'] } });
    expect(await answer(0xc0, 0x5f, 0, 0, 2)).to.equal('31');
    expect((await plugged.guest.controlIn(0xc0, 0x95, 0x0706, 0, 2)).status).to.equal('stall');
  });

  it('says noise before the boot loader answers, where it is so', async () => {
    await plugModel('arduino-nano-ch340', { quirks: { noiseAfterReset: 'f000' } });
    await vendor(0x40, 0x9a, 0x1312, 0xcc83);
    await vendor(0x40, 0xa4, 0xffdf, 0);
    await plugged.guest.bulkOut(2, Buffer.from('7520', 'hex'));
    let seen = '';
    while (seen.length < 14) seen += (await plugged.guest.bulkIn(2, 32)).data.toString('hex');
    expect(seen).to.equal('f000141e950f10');
  });
});
