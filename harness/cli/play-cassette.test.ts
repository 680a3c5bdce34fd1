import { expect } from 'chai';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { projectRoot } from '../base/places.ts';
import { writeCassetteFile } from '../emulation/cassette/cassette-file.ts';
import { loadCatalogue } from '../run/catalogue.ts';
import { cassetteSchema } from '../wire/cassette/cassette.ts';
import { catalogueToPlay, playedCassette } from './play-cassette.ts';

const uno = JSON.parse(await readFile(join(projectRoot, 'fixtures/devices/robotics/arduino-uno-r3.json'), 'utf8')) as { readonly id: string; readonly emulator: string; readonly behaviour: object };

describe('playedCassette', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'hwlab-played-'))));
  after(async () => rm(folder, { recursive: true }));

  async function cassette(model: object): Promise<string> {
    const path = join(folder, 'unit.cassette');
    await writeCassetteFile(path, { schema: cassetteSchema, origin: 'emulation', recordedAt: '2026-11-22T10:00:00.000Z', model: { ...uno, ...model }, environment: { seed: '7' }, scrubbed: [] }).end();
    return path;
  }
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'accepted', (error: unknown) => (error instanceof HwlabError ? `${error.code} ${error.message.split(folder)[1] ?? error.message}` : error));

  it('names the model and the seed that were recorded', async () => {
    expect(await playedCassette({ cassette: await cassette({}) })).to.deep.include({ device: 'arduino-uno-r3', seed: 7 });
  });

  it('refuses a model that no model file could hold, before anything starts', async () => {
    expect(await codeOf(playedCassette({ cassette: await cassette({ id: '../../etc' }) }))).to.match(/^cassette-malformed .*its model at \/id/);
    expect(await codeOf(playedCassette({ cassette: await cassette({ usb: { speed: 'warp' } }) }))).to.match(/^cassette-malformed .*its model at \/usb/);
    expect(await codeOf(playedCassette({ cassette: await cassette({ behaviour: { ...uno.behaviour, recording: '../x' } }) }))).to.match(/^cassette-malformed .*its model at \/behaviour/);
  });

  it('plays as its own model where there is no such model here, and as ours where there is', async () => {
    const known = await loadCatalogue([]);
    const [ours, strange] = [await playedCassette({ cassette: await cassette({}) }), await playedCassette({ cassette: await cassette({ id: 'board-2341-0043' }) })];
    expect(ours && catalogueToPlay(ours, known)).to.equal(known);
    const added = strange && catalogueToPlay(strange, known);
    expect(added?.model('board-2341-0043').model).to.include({ id: 'board-2341-0043', emulator: uno.emulator });
    expect(added?.model('arduino-uno-r3')).to.equal(known.model('arduino-uno-r3'));
    expect(added?.suite('robotics')).to.equal(known.suite('robotics'));
  });

  it('wants one of a device and a cassette', async () => {
    expect(await codeOf(playedCassette({}))).to.match(/^option-missing/);
    expect(await playedCassette({ device: 'arduino-uno-r3' })).to.equal(undefined);
    expect(await codeOf(playedCassette({ cassette: await cassette({}), record: true }))).to.match(/^options-contradict/);
    expect(await codeOf(playedCassette({ cassette: await cassette({}), device: 'kyocera-ecosys-m2040dn' }))).to.match(/^options-contradict/);
  });
});
