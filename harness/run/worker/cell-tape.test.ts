import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { projectRoot } from '../../base/places.ts';
import { FakeShell } from '../../capabilities/testing/fake-shell.ts';
import { readCassetteFile } from '../../emulation/cassette/cassette-file.ts';
import { createUnit } from '../../emulation/create-unit.ts';
import { openUsbPort } from '../../emulation/plug.ts';
import { RedirectedUnit } from '../../emulation/redirected/redirected-unit.ts';
import { serveUnit } from '../../emulation/serve-unit.ts';
import { listenAsQemu, plugIntoFake, type FakeQemu } from '../../emulation/testing/fake-qemu.ts';
import { createTestUnit, testModel } from '../../emulation/testing/test-unit.ts';
import { transports } from '../../emulation/transport-traits.ts';
import type { EmulatedModel } from '../../emulation/usb-device.ts';
import { CellTape } from './cell-tape.ts';
import { CellUnit } from './cell-unit.ts';

describe('CellTape', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'hwlab-tape-'))));
  afterEach(async () => rm(folder, { recursive: true }));

  it('records with the tests and the surroundings, and plays what it recorded', async () => {
    const recording = new CellTape({ record: true }, folder, { image: 'debian-12', seed: '7' });
    const { unit, onWire } = await recording.take(createTestUnit());
    recording.mark('a test');
    const plugged = await plugIntoFake(unit, onWire);
    await plugged.guest.bulkOut(1, Buffer.from('hello'));
    plugged.close();
    expect(await recording.end('cells/001/a1')).to.deep.equal([{ name: 'cassette', path: 'cells/001/a1/unit.cassette', mediaType: 'application/gzip' }]);
    expect(await recording.end('cells/001/a1'), 'once').to.deep.equal([]);
    expect(recording.report()).to.equal(undefined);
    const file = join(folder, 'unit.cassette');
    const { head, events } = await readCassetteFile(file);
    expect(head).to.deep.include({ origin: 'emulation', environment: { image: 'debian-12', seed: '7' }, model: testModel });
    expect(events.filter(({ kind }) => kind === 'mark').map(({ name }) => name)).to.deep.equal(['a test']);

    const playing = new CellTape({ play: file, mode: 'strict' }, folder, {});
    const played = await playing.take(createTestUnit());
    const again = await plugIntoFake(played.unit, played.onWire);
    await again.guest.bulkOut(1, Buffer.from('hell!'));
    again.close();
    expect(playing.report()?.first).to.include({ what: 'data', found: '21' });
    expect(await playing.end('')).to.deep.equal([]);
  });

  it('records a unit that is elsewhere, over its plugs and tests, and plays it without it', async () => {
    const model = JSON.parse(await readFile(join(projectRoot, 'fixtures/devices/robotics/arduino-uno-r3.json'), 'utf8')) as EmulatedModel;
    const deadline = Deadline.after(10_000);
    const served = await serveUnit(await createUnit(model), { host: '127.0.0.1', port: 0 });
    const port = join(folder, 'usb0');
    const qemu = await listenAsQemu(port);
    const shell = new FakeShell();
    shell.answers.push({ match: /bConfigurationValue/, result: { stdout: '/sys/bus/usb/devices/1-1\n' } }, { match: /echo gone/, result: { stdout: 'gone\n' } });
    const redirected = await RedirectedUnit.connect({ endpoint: { host: '127.0.0.1', port: served.port }, model, createShadow: createUnit, deadline });
    const tape = new CellTape({ record: true }, folder, { image: 'debian-12' });
    tape.takeRedirected(redirected);
    const unit = new CellUnit({ unit: redirected.unit, transport: transports['usb-redir'], plug: async (options) => redirected.plug(await openUsbPort(port, options.deadline), options), shell, onWire: () => undefined, taken: () => [] }, deadline);
    /** What a test does: signs on at the boot loader, by the guest that has the port now. */
    const signOn = async (guest: FakeQemu | undefined): Promise<void> => {
      await guest?.enumerate();
      await guest?.controlOut(0x21, 0x20, 0, 0, Buffer.from('00c20100000008', 'hex'));
      await guest?.controlOut(0x21, 0x22, 1, 0);
      await guest?.bulkOut(4, Buffer.from('3020', 'hex'));
      expect((await guest?.bulkIn(3, 128))?.data.toString('hex')).to.equal('1410');
    };
    await unit.plug();
    tape.mark('first');
    await signOn(qemu.guests.at(-1));
    expect(unit.wire().some(({ meaning }) => meaning === 'STK500 GET_SYNC'), 'the test sees the cable').to.equal(true);
    expect(() => unit.fault({ kind: 'stall', endpoint: 0 })).to.throw('redirected from elsewhere');
    await unit.unplug();
    await unit.plug();
    tape.mark('second');
    await signOn(qemu.guests.at(-1));
    await unit.pullOut();
    await tape.end('');
    redirected.close();
    await served.close();
    await qemu.close();
    expect(qemu.guests.flatMap(({ violations }) => violations)).to.deep.equal([]);

    const file = join(folder, 'unit.cassette');
    const { head, events } = await readCassetteFile(file);
    expect(head.origin).to.equal('proxy');
    expect(events.flatMap(({ kind, name }) => (kind === 'plug' || kind === 'unplug' ? [kind] : kind === 'mark' ? [name] : []))).to.deep.equal(['plug', 'first', 'unplug', 'plug', 'second', 'unplug']);
    const playing = new CellTape({ play: file, mode: 'strict' }, folder, {});
    const played = await playing.take(await createUnit(head.model as unknown as EmulatedModel));
    const again = await plugIntoFake(played.unit);
    playing.mark('second');
    await signOn(again.guest);
    expect(playing.report()?.divergences).to.equal(0);
    again.close();
    expect(() => new CellTape({ play: file, mode: 'strict' }, folder, {}).takeRedirected(redirected)).to.throw('instead of a unit');
  }).timeout(15_000);

  it('leaves nothing with the name of a cassette when the cell dies before the end', async () => {
    const recording = new CellTape({ record: true }, folder, {});
    await recording.take(createTestUnit());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(existsSync(join(folder, 'unit.cassette'))).to.equal(false);
    await recording.end('');
  });
});
