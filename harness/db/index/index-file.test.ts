import { expect } from 'chai';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../database.ts';
import { writeExampleDatabase } from '../testing/example-database.ts';
import { indexError, indexFileOf } from './index-file.ts';
import { openLookup } from './open-lookup.ts';
import { updateIndex } from './update-index.ts';

const today = new Date('2026-11-22T12:00:00Z');
const tomorrow = new Date('2026-11-23T12:00:00Z');

describe('the file of an index', function () {
  this.timeout(30_000);
  let folder: string;
  let kept: string | undefined;
  let database: Database;
  let file: string;
  let good: Buffer;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-index-'));
    kept = process.env['HWLAB_INDEX'];
    process.env['HWLAB_INDEX'] = join(folder, 'index');
    database = await openDatabase(writeExampleDatabase(join(folder, 'db')));
    await updateIndex(database, { now: today });
    file = indexFileOf(database.folder);
    good = readFileSync(file);
  });
  afterEach(() => {
    if (kept === undefined) delete process.env['HWLAB_INDEX'];
    else process.env['HWLAB_INDEX'] = kept;
    rmSync(folder, { recursive: true, force: true });
  });

  const damages: Readonly<Record<string, () => void>> = {
    'cut off': () => truncateSync(file, Math.floor(good.length / 2)),
    'overwritten behind its first pages': () => {
      const handle = openSync(file, 'r+');
      writeSync(handle, Buffer.alloc(statSync(file).size - 32_768, 0xff), 0, good.length - 32_768, 32_768);
      closeSync(handle);
    },
    'no index at all': () => writeFileSync(file, 'x'.repeat(1000)),
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`that is ${what} is made anew, on its day and on the next`, async () => {
      for (const now of [today, tomorrow]) {
        writeFileSync(file, good);
        damage();
        const source = await openLookup(database, { now });
        try {
          expect(source.search({ text: 'hp', offset: 0, limit: 5 }).total).to.be.above(0);
          expect(source.answer('hp-laserjet-1320')?.device.id).to.equal('hp-laserjet-1320');
        } finally {
          source.close();
        }
      }
    });
  }

  it('that a killed process left half made is not believed, and taken away', async () => {
    rmSync(file);
    writeFileSync(`${file}.999999999`, good.subarray(0, good.length / 2));
    expect((await updateIndex(database, { now: today })).how).to.equal('built');
    expect(existsSync(`${file}.999999999`)).to.equal(false);
  });

  it('is as it was when the work on it is ended in the middle', async () => {
    writeFileSync(join(database.folder, 'devices/zeta-a.json'), JSON.stringify({ id: 'zeta-a', vendor: 'Zeta', name: 'A', aliases: [], classes: ['panel'], usb: [] }));
    await updateIndex(database, { now: tomorrow, signal: AbortSignal.abort(new Error('ended')) }).then(() => expect.fail('it went on'), (error: unknown) => expect(error).to.have.property('message', 'ended'));
    const source = await openLookup(database, { now: tomorrow });
    try {
      expect(source.search({ text: 'zeta', offset: 0, limit: 5 }).total).to.equal(1);
    } finally {
      source.close();
    }
    rmSync(file);
    await updateIndex(database, { now: tomorrow, signal: AbortSignal.abort(new Error('ended')) }).catch(() => undefined);
    expect(readdirSync(join(folder, 'index')).filter((name) => !/-(wal|shm)$/.test(name))).to.deep.equal([]);
  });

  it('a full disk says where, and what to do', () => {
    const full = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    expect(indexError(full, '/x/y.sqlite')).to.include({ code: 'index-not-written', message: '/x/y.sqlite: the index of the database cannot be written: database or disk is full', advice: 'free some space there, or name another folder with HWLAB_INDEX' });
    const other = new Error('ended');
    expect(indexError(other, '/x/y.sqlite')).to.equal(other);
  });
});
