import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCassetteFile } from '../../emulation/cassette/cassette-file.ts';
import { plugIntoFake } from '../../emulation/testing/fake-qemu.ts';
import { createTestUnit, testModel } from '../../emulation/testing/test-unit.ts';
import { CellTape } from './cell-tape.ts';

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

  it('leaves nothing with the name of a cassette when the cell dies before the end', async () => {
    const recording = new CellTape({ record: true }, folder, {});
    await recording.take(createTestUnit());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(existsSync(join(folder, 'unit.cassette'))).to.equal(false);
    await recording.end('');
  });
});
