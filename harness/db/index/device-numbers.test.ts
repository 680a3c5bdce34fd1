import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../database.ts';
import { writeExampleDatabase } from '../testing/example-database.ts';
import { indexFileOf, openIndex } from './index-file.ts';
import { openLookup } from './open-lookup.ts';
import { updateIndex } from './update-index.ts';

const now = new Date('2026-11-22T12:00:00Z');

describe('numbers of devices', function () {
  this.timeout(30_000);
  let folder: string;
  let kept: string | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-numbers-'));
    kept = process.env['HWLAB_INDEX'];
    process.env['HWLAB_INDEX'] = join(folder, 'index');
  });
  afterEach(() => {
    if (kept === undefined) delete process.env['HWLAB_INDEX'];
    else process.env['HWLAB_INDEX'] = kept;
    rmSync(folder, { recursive: true, force: true });
  });

  it('keep devices in the order of their names however they come, and are spread anew when there is no room between two', async () => {
    const database = await openDatabase(writeExampleDatabase(join(folder, 'db')));
    const add = (id: string, name: string): void => writeFileSync(join(database.folder, `devices/${id}.json`), JSON.stringify({ id, vendor: 'Zeta', name, aliases: [], classes: ['panel'], usb: [] }));
    const names = async (): Promise<readonly string[]> => {
      const source = await openLookup(database, { now });
      const found = source.search({ text: 'zeta', offset: 0, limit: 100 }).hits.map(({ device }) => device.name);
      source.close();
      return found;
    };
    add('zeta-a', 'A');
    add('zeta-b', 'B');
    await updateIndex(database, { now });
    add('zeta-c', 'A 2');
    expect(await names()).to.deep.equal(['A', 'A 2', 'B']);
    const index = openIndex(indexFileOf(database.folder), { readOnly: false });
    index?.exec("UPDATE device SET id = (SELECT id + 1 FROM device WHERE name = 'zeta-a') WHERE name = 'zeta-c'");
    index?.close();
    add('zeta-d', 'A 1');
    expect((await updateIndex(database, { now })).how).to.equal('built');
    expect(await names()).to.deep.equal(['A', 'A 1', 'A 2', 'B']);
    add('zeta-b', '0');
    expect((await names())[0], 'a device that has another name').to.equal('0');
  });

  it('of more hits than are counted, shows the best first, on an image too', async () => {
    const database = await openDatabase(writeExampleDatabase(join(folder, 'db')));
    for (let number = 0; number < 1_050; number += 1) {
      writeFileSync(join(database.folder, `devices/many-${number}.json`), JSON.stringify({ id: `many-${number}`, vendor: 'HP', name: `Zz ${String(number).padStart(4, '0')}`, aliases: [], classes: ['printer'], usb: [] }));
    }
    const source = await openLookup(database, { now });
    try {
      for (const image of [undefined, 'school-13']) {
        const { total, more, hits } = source.search({ text: 'hp', offset: 0, limit: 25, ...(image === undefined ? {} : { image }) });
        expect({ total, more }).to.deep.equal({ total: 1_000, more: true });
        expect(hits[0]?.device.id).to.equal('hp-laserjet-1320');
        expect(hits[1]?.device.name).to.equal('Zz 0000');
      }
      expect(source.search({ text: 'hp', offset: 998, limit: 25, image: 'school-13' }).hits.map(({ device }) => device.name)).to.deep.equal(['Zz 0997', 'Zz 0998']);
    } finally {
      source.close();
    }
  });
});
