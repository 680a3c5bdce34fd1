import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { plugIntoFake, type FakePlug } from '../testing/fake-qemu.ts';
import type { EmulatedModel, EmulatedUnit } from '../usb-device.ts';
import { BlockStore } from './block-store.ts';
import { formatVolume, readVolumeFile } from './fat16.ts';
import { createMassStorage, type MassStorageControls } from './mass-storage.ts';

const model = JSON.parse(await readFile(join(projectRoot, 'fixtures/devices/storage/sandisk-cruzer-blade.json'), 'utf8')) as EmulatedModel;

describe('FAT16 volume', () => {
  it('holds files that read back, over several clusters too', () => {
    const store = new BlockStore(131_072);
    const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => index & 0xff));
    formatVolume(store, { start: 2048, sectors: 131_072 - 2048, label: 'TEST', serial: 1, files: [{ name: 'A.TXT', content: Buffer.from('a') }, { name: 'BIG.BIN', content }, { name: 'EMPTY', content: Buffer.alloc(0) }] });
    expect(readVolumeFile(store, 2048, 131_072 - 2048, 'BIG.BIN')?.equals(content)).to.equal(true);
    expect(readVolumeFile(store, 2048, 131_072 - 2048, 'EMPTY')?.length).to.equal(0);
    expect(readVolumeFile(store, 2048, 131_072 - 2048, 'NONE')).to.equal(undefined);
  });
});

describe('USB stick', () => {
  let unit: EmulatedUnit<MassStorageControls>;
  let plugged: FakePlug;
  let tag = 0;

  const plugModel = async (behaviour: object = {}): Promise<void> => {
    unit = createMassStorage({ ...model, behaviour: { ...model.behaviour, ...behaviour } });
    plugged = await plugIntoFake(unit);
  };
  const command = async (hex: string, length: number, toHost: boolean): Promise<void> => {
    const block = Buffer.alloc(31);
    const cdb = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    tag += 1;
    block.writeUInt32LE(0x43425355, 0);
    block.writeUInt32LE(tag, 4);
    block.writeUInt32LE(length, 8);
    block.writeUInt8(toHost ? 0x80 : 0, 12);
    block.writeUInt8(cdb.length, 14);
    block.set(cdb, 15);
    await plugged.guest.bulkOut(2, block);
  };
  const status = async (): Promise<{ readonly tag: number; readonly residue: number; readonly status: number }> => {
    const { data } = await plugged.guest.bulkIn(1, 13);
    expect(data.length).to.equal(13);
    return { tag: data.readUInt32LE(4), residue: data.readUInt32LE(8), status: data.readUInt8(12) };
  };
  const read = async (hex: string, length: number): Promise<Buffer> => {
    await command(hex, length, true);
    const { data } = await plugged.guest.bulkIn(1, length);
    return data;
  };
  const sense = async (): Promise<string> => {
    const data = await read('03 00 00 00 12 00', 18);
    await status();
    return `${data[2]}/${(data[12] ?? 0).toString(16)}`;
  };

  afterEach(() => {
    plugged.close();
    expect(plugged.guest.violations).to.deep.equal([]);
    expect(plugged.failures).to.deep.equal([]);
  });

  it('says what it is and how large', async () => {
    await plugModel();
    expect((await plugged.guest.controlIn(0xa1, 0xfe, 0, 0, 1)).data.toString('hex')).to.equal('00');
    expect((await read('12 00 00 00 24 00', 36)).toString('latin1', 8, 24)).to.equal('SanDisk Cruzer Blade    '.slice(0, 16));
    expect(await status()).to.deep.equal({ tag, residue: 0, status: 0 });
    expect((await read('25 00 00 00 00 00 00 00 00 00', 8)).toString('hex')).to.equal('0001ffff00000200');
    expect((await status()).status).to.equal(0);
    expect((await read('1a 00 3f 00 c0 00', 192)).length).to.equal(4);
    expect(await status()).to.include({ residue: 188, status: 0 });
  });

  it('keeps what is written, in pieces too, and says what was written', async () => {
    await plugModel();
    const data = Buffer.from(Array.from({ length: 2048 }, (_, index) => (index * 7) & 0xff));
    await command('2a 00 00 00 10 00 00 00 04 00', data.length, false);
    await plugged.guest.bulkOut(2, data.subarray(0, 512));
    await plugged.guest.bulkOut(2, data.subarray(512));
    expect(await status()).to.include({ residue: 0, status: 0 });
    expect(unit.controls.writes).to.deep.equal([{ first: 4096, count: 4 }]);
    expect((await read('28 00 00 00 10 00 00 00 04 00', 2048)).equals(data)).to.equal(true);
    expect((await status()).status).to.equal(0);
    await command('35 00 00 00 00 00 00 00 00 00', 0, false);
    expect((await status()).status).to.equal(0);
    expect(unit.controls.flushes).to.equal(1);
  });

  it('refuses writes when it is protected, unreadable sectors, places behind its end and unknown commands, with their sense', async () => {
    await plugModel({ medium: { writeProtected: true, unreadable: { from: 100, count: 1 } } });
    await command('2a 00 00 00 10 00 00 00 01 00', 512, false);
    await plugged.guest.bulkOut(2, Buffer.alloc(512));
    expect(await status()).to.include({ residue: 512, status: 1 });
    expect(await sense()).to.equal('7/27');
    expect((await read('28 00 00 00 00 60 00 00 08 00', 4096)).length).to.equal(0);
    expect((await status()).status).to.equal(1);
    expect(await sense()).to.equal('3/11');
    expect((await read('28 00 00 02 00 00 00 00 01 00', 512)).length).to.equal(0);
    expect((await status()).status).to.equal(1);
    expect(await sense()).to.equal('5/21');
    await command('b5 00 00 00 00 00', 0, false);
    expect((await status()).status).to.equal(1);
    expect(await sense()).to.equal('5/20');
    expect(unit.controls.writtenBytes).to.equal(0);
  });

  it('with the defect of a counterfeit gives zeros for a sector that cannot be read', async () => {
    await plugModel({ medium: { unreadable: { from: 0x1000, count: 4 } }, defects: { hidesUnreadable: true } });
    expect((await read('28 00 00 00 10 00 00 00 04 00', 2048)).equals(Buffer.alloc(2048))).to.equal(true);
    expect((await status()).status).to.equal(0);
  });

  it('halts when it gets no command, until a reset', async () => {
    await plugModel();
    expect((await plugged.guest.bulkOut(2, Buffer.from('nonsense'))).status).to.equal('stall');
    expect((await plugged.guest.bulkIn(1, 13)).status).to.equal('stall');
  });

  it('reports a change of the medium once, and that there is none', async () => {
    await plugModel();
    unit.controls.setMedium({ present: false });
    await command('00 00 00 00 00 00', 0, false);
    expect((await status()).status).to.equal(1);
    expect(await sense()).to.equal('2/3a');
    unit.controls.setMedium({ present: true });
    await command('00 00 00 00 00 00', 0, false);
    expect((await status()).status).to.equal(1);
    expect(await sense()).to.equal('6/28');
    await command('00 00 00 00 00 00', 0, false);
    expect((await status()).status).to.equal(0);
  });

  it('needs a mass storage interface', async () => {
    await plugModel();
    const broken = structuredClone(model) as unknown as { usb: { configuration: { interfaces: { alternates: { class: number[] }[] }[] } } };
    const alternate = broken.usb.configuration.interfaces[0]?.alternates[0];
    if (alternate) alternate.class = [3, 0, 0];
    expect(() => createMassStorage(broken as unknown as EmulatedModel)).to.throw(/no mass storage interface/);
  });
});
