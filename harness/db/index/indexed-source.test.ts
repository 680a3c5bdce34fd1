import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkModel } from '../check-device.ts';
import { openDatabase, type Database } from '../database.ts';
import { exampleResult, exampleTest } from '../example-result.ts';
import type { Outcome } from '../generated/result.ts';
import { mostCounted, type LookupSource, type SearchQuery } from '../lookup/lookup-source.ts';
import { openWholeDatabase } from '../lookup/whole-database-source.ts';
import { checkList } from '../tender/check-list.ts';
import { listOracle } from '../tender/list-oracle.ts';
import { readList } from '../tender/read-list.ts';
import { writeExampleDatabase } from '../testing/example-database.ts';
import { databaseState, mostLookedAt } from './database-state.ts';
import { indexFileOf, openIndex } from './index-file.ts';
import { IndexedAnswers } from './indexed-answers.ts';
import { openAnswers, openLookup } from './open-lookup.ts';
import { updateIndex } from './update-index.ts';

const now = new Date('2026-11-22T12:00:00Z');

describe('the index of a database', () => {
  let folder: string;
  let database: Database;
  let indexFolder: string | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-index-'));
    indexFolder = process.env['HWLAB_INDEX'];
    process.env['HWLAB_INDEX'] = join(folder, 'index');
    database = await openDatabase(writeExampleDatabase(join(folder, 'db')));
  });
  afterEach(() => {
    if (indexFolder === undefined) delete process.env['HWLAB_INDEX'];
    else process.env['HWLAB_INDEX'] = indexFolder;
    rmSync(folder, { recursive: true, force: true });
  });

  async function both(at: Date, use: (indexed: LookupSource, whole: LookupSource) => void): Promise<void> {
    const indexed = await openLookup(database, { now: at });
    const whole = await openWholeDatabase(database, at);
    try {
      use(indexed, whole);
    } finally {
      indexed.close();
      whole.close();
    }
  }

  const queries: readonly Partial<SearchQuery>[] = [
    {},
    { text: 'kyo' },
    { text: 'm2040' },
    { text: 'HP laser' },
    { text: '0482:069d' },
    { text: 'пантум' },
    { text: 'Куосера' },
    { text: 'киосера м2040' },
    { text: 'no such thing at all' },
    { text: '"*^()-: OR NEAR' },
    { class: 'scanner' },
    { class: 'robotics', image: 'school-13' },
    { vendor: 'HP' },
    { image: 'school-12' },
    { image: 'school-13', headline: 'does-not-work' },
    { headline: 'works' },
    { headline: 'not-tested', image: 'school-13' },
    { image: 'unknown' },
    { text: 'p', headline: 'expected-to-work', limit: 1, offset: 1 },
  ];

  function expectSame(indexed: LookupSource, whole: LookupSource): void {
    const { version: _indexed, ...about } = indexed.about();
    const { version: _whole, ...wholeAbout } = whole.about();
    expect(about).to.deep.equal(wholeAbout);
    for (const query of queries) {
      const asked: SearchQuery = { text: '', offset: 0, limit: 25, ...query };
      expect(indexed.search(asked), JSON.stringify(query)).to.deep.equal(whole.search(asked));
    }
    for (const { device } of whole.search({ text: '', offset: 0, limit: 100 }).hits) {
      expect(indexed.answer(device.id), device.id).to.deep.equal(whole.answer(device.id));
      for (const image of whole.about().images) expect(indexed.alternatives(device.id, image.id, 5), `${device.id} on ${image.id}`).to.deep.equal(whole.alternatives(device.id, image.id, 5));
    }
    expect(indexed.answer('nothing')).to.equal(undefined);
  }

  it('answers like the database read whole', () => both(now, expectSame));

  it('says Certified only while the certificate holds, and works after setup where a contingency says how', () =>
    both(now, (indexed) => {
      const image = (device: string, id: string) => indexed.answer(device)?.images.find((each) => each.image === id);
      expect(image('hp-laserjet-1320', 'school-13')).to.deep.include({ headline: 'certified', level: 'E5', valid: { date: '2027-06-30', because: 'certificate-expires' } });
      expect(image('kyocera-ecosys-m2040dn', 'school-13')).to.deep.include({ headline: 'works-with-limits', needs: [{ kind: 'package', what: 'kyocera-sane', features: ['scanning.busy'], issue: 'scanner-plugin' }] });
      expect(image('xerox-phaser-3020', 'school-14')).to.deep.include({ headline: 'expected-to-work', level: 'E0' });
    }));

  it('shows what the lab made up as that, and offers it to nobody', async () => {
    const file = join(database.folder, 'devices/hp-laserjet-1320.json');
    const offered = (source: LookupSource): readonly string[] => source.alternatives('canon-lbp2900', 'school-13', 5).map(({ device }) => device.id);
    await both(now, (indexed) => expect(offered(indexed)).to.include('hp-laserjet-1320'));
    writeFileSync(file, readFileSync(file, 'utf8').replace('"classes"', '"invented": "a reference device of a test", "classes"'));
    await updateIndex(database, { now });
    await both(now, (indexed, whole) => {
      expectSame(indexed, whole);
      expect(offered(indexed)).not.to.include('hp-laserjet-1320');
      expect(indexed.search({ text: 'laserjet 1320', offset: 0, limit: 5 }).hits.map(({ device }) => device.invented)).to.deep.equal([true]);
    });
    using answers = await openAnswers(database, { now });
    const { lines } = checkList(await readList(Buffer.from('HP LaserJet 1320\nXerox Phaser 3020\n')), listOracle(answers, ['school-13']), ['school-13']);
    expect(lines.map(({ match }) => match.kind)).to.deep.equal(['none', 'one']);
  });

  it('takes a certificate back on the day after its last', () => both(new Date('2027-07-01T12:00:00Z'), (indexed) => expect(indexed.answer('hp-laserjet-1320')?.images.find(({ image }) => image === 'school-13')?.headline).to.equal('works')));

  it('answers like it when evidence has aged, day by day', () => both(new Date('2027-11-22T12:00:00Z'), expectSame));

  it('finds in a large database what is added and taken away, and shows the last page that is counted', async () => {
    const devices = join(database.folder, 'devices');
    const most = mostLookedAt + 5;
    for (let number = 0; number < most; number += 1) writeFileSync(join(devices, `many-${number}.json`), JSON.stringify({ id: `many-${number}`, vendor: 'Many', name: `Copy ${number}`, aliases: [], classes: ['printer'], usb: [] }));
    const first = databaseState(database, now);
    expect(databaseState(database, now)).to.equal(first);
    rmSync(join(devices, 'many-0.json'));
    expect(databaseState(database, now)).not.to.equal(first);
    const indexed = await openLookup(database, { now });
    const { total, more, hits } = indexed.search({ text: 'many copy', offset: mostCounted, limit: 25 });
    indexed.close();
    expect([total, more, hits.length]).to.deep.equal([mostCounted, true, 25]);
    for (let number = 1; number < most; number += 1) rmSync(join(devices, `many-${number}.json`));
    const few = databaseState(database, now);
    writeFileSync(join(devices, 'ricoh-sp-111.json'), readFileSync(join(devices, 'ricoh-sp-111.json'), 'utf8').replace('SP 111', 'SP 1111'));
    expect(databaseState(database, now), 'each file of a few is looked at').not.to.equal(few);
  }).timeout(60_000);

  it('is unchanged when nothing changed, and made anew when it was deleted', async () => {
    expect((await updateIndex(database, { now })).how).to.equal('built');
    expect((await updateIndex(database, { now })).how).to.equal('unchanged');
    rmSync(indexFileOf(database.folder));
    expect((await updateIndex(database, { now })).how).to.equal('built');
    writeFileSync(indexFileOf(database.folder), 'not a database');
    expect((await updateIndex(database, { now })).how).to.equal('built');
  });

  it('reads only new lines, and leaves out what is not a result', async () => {
    await updateIndex(database, { now });
    const night = join(database.folder, 'results/2026-11/20261122-031500-dddd.jsonl');
    const cell = { image: 'school-14', device: 'ricoh-sp-111', model: 'ricoh-sp-111', attachment: 'wired' as const };
    const line = (id: string) => `${JSON.stringify(exampleResult({ id: `20261122-031500-dddd-${id}`, night: '20261122-031500-dddd', evidence: 'E4', cell, tests: [exampleTest('printing.raw', 'FAIL', 'FAIL')] }))}\n`;
    writeFileSync(night, `${line('0001')}not JSON\n{}\n${line('0002').replace('"outcome":"PASS"', '"outcome":"GOOD"')}{"unfinished`);
    const update = await updateIndex(database, { now });
    expect(update).to.include({ how: 'updated', results: 4, cells: 1 });
    await both(now, (indexed, whole) => {
      expect(indexed.about()).to.include({ badLines: 3, results: whole.about().results });
      expect(indexed.answer('ricoh-sp-111')).to.deep.equal(whole.answer('ricoh-sp-111'));
      expect(indexed.answer('ricoh-sp-111')?.images[0]?.headline).to.equal('does-not-work');
    });
    writeFileSync(night, readFileSync(night, 'utf8').replace('{"unfinished', ''));
    appendFileSync(night, line('0003'));
    expect(await updateIndex(database, { now })).to.include({ how: 'updated', results: 1, cells: 1 });
  });

  it('answers from what it folded, without the lines', async () => {
    const { file } = await updateIndex(database, { now });
    const whole = await openWholeDatabase(database, now);
    rmSync(join(database.folder, 'results'), { recursive: true });
    const index = openIndex(file, { readOnly: true });
    if (index === undefined) throw new Error('no index');
    const answers = new IndexedAnswers(index, now);
    try {
      for (const { device } of whole.search({ text: '', offset: 0, limit: 100 }).hits) expect(answers.answer(device.id), device.id).to.deep.equal(whole.answer(device.id));
    } finally {
      answers.close();
    }
  });

  it('knows what was imported: models of lists, claims beside our own devices, and forgets both with the file', async () => {
    const fact = (vendor: string, name: string, usb: string, says: 'works' | 'broken') => ({ source: { kind: 'sane-desc', name: 'SANE 1.2', date: '2025-03-01', licence: 'GPL', importedAt: '2026-11-22T00:00:00Z', at: 'x:1' }, evidence: 'E1', device: { vendor, name, usb: [usb], classes: ['scanner'] }, claim: { says } });
    const file = join(database.folder, 'imported/sane-desc.jsonl');
    mkdirSync(join(database.folder, 'imported'));
    writeFileSync(file, `${[fact('Canon', 'CanoScan LiDE 35', '04a9:2213', 'works'), fact('Hewlett-Packard', 'LaserJet 1320', '03f0:9999', 'broken')].map((each) => JSON.stringify(each)).join('\n')}\n`);
    const asked = async (text: string) => {
      const check = await checkModel(database, text, { now });
      return 'listed' in check ? [check.listed.id, check.listed.expectation, check.listed.level] : [check.device.id, check.lists?.expectation, check.lists?.level];
    };
    expect(await asked('Саnon CanoScan LiDE 35 или аналог')).to.deep.equal(['canon-canoscan-lide-35', 'expected-to-work', 'E1']);
    expect(await asked('03f0:9999')).to.deep.equal(['hp-laserjet-1320', 'expected-not-to-work', 'E1']);
    const indexed = await openLookup(database, { now });
    expect(indexed.lists.search('lide 3', 5).map(({ path }) => path)).to.deep.equal(['p/canon-canoscan-lide-35']);
    expect(indexed.search({ text: 'lide', offset: 0, limit: 5 }).total, 'devices of the lab').to.equal(0);
    expect(indexed.answer('hp-laserjet-1320')?.images.map(({ headline }) => headline), 'a list changes no answer').to.include('certified');
    indexed.close();
    rmSync(file);
    const failure = await checkModel(database, '04a9:2213', { now }).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'unknown-device' });
    await both(now, expectSame);
  });

  it('folds a night in its place, also one that comes later than newer ones', async () => {
    await updateIndex(database, { now });
    const cell = { image: 'school-14', device: 'hp-laserjet-1320', model: 'hp-laserjet-1320', attachment: 'wired' as const };
    const write = (day: string, outcomes: readonly [Outcome, ...Outcome[]]): void => {
      const night = `202611${day}-031500-eeee`;
      const tests = [exampleTest('printing.raw', ...outcomes)].map((test) => ({ ...test, attempts: test.attempts.map((attempt) => ({ ...attempt, startedAt: `2026-11-${day}T03:16:00.000Z` })) as unknown as typeof test.attempts }));
      writeFileSync(join(database.folder, `results/2026-11/${night}.jsonl`), `${JSON.stringify(exampleResult({ id: `${night}-0001`, night, startedAt: `2026-11-${day}T03:15:00.000Z`, evidence: 'E4', cell, tests }))}\n`);
    };
    for (const [day, outcomes] of [['21', ['PASS']], ['20', ['FAIL', 'FAIL']], ['22', ['FAIL', 'FAIL']], ['19', ['PASS']]] as const) {
      write(day, outcomes);
      await both(now, (indexed, whole) => expect(indexed.answer(cell.device), day).to.deep.equal(whole.answer(cell.device)));
    }
  });

  it('notices a file that was written anew or is gone, a device that changed, and rules, claims and certificates that are gone', async () => {
    await updateIndex(database, { now });
    const first = join(database.folder, 'results/2026-11/20261118-031500-aaaa.jsonl');
    writeFileSync(first, readFileSync(first, 'utf8').split('\n').slice(3).join('\n'));
    rmSync(join(database.folder, 'results/2026-11/20261121-031500-cccc.jsonl'));
    const device = join(database.folder, 'devices/brother-hl-2140.json');
    writeFileSync(device, readFileSync(device, 'utf8').replace('HL-2140', 'HL-2150'));
    rmSync(join(database.folder, 'devices/ricoh-sp-111.json'));
    rmSync(join(database.folder, 'known-issues/scanner-plugin.json'));
    rmSync(join(database.folder, 'coverage/school-14.json'));
    rmSync(join(database.folder, 'certificates/hp-laserjet-1320-school-13.json'));
    expect((await updateIndex(database, { now })).how).to.equal('updated');
    await both(now, (indexed, whole) => {
      expectSame(indexed, whole);
      expect(indexed.search({ text: 'hl-2150', offset: 0, limit: 5 }).total).to.equal(1);
    });
  });

  it('blames a test that is flaky on three unrelated devices, also when the third comes later', async () => {
    const cell = (device: string) => ({ image: 'school-14', device, model: device, attachment: 'wired' as const });
    const flaky = (device: string, number: number) => [0, 1].map((run) => exampleResult({ id: `20261122-04150${run}-eeee-000${number}`, night: `20261122-04150${run}-eeee`, evidence: 'E4', cell: cell(device), tests: [exampleTest('printing.raw', 'FAIL', 'PASS')] }));
    const write = (devices: readonly string[]): void => {
      for (const run of [0, 1]) writeFileSync(join(database.folder, `results/2026-11/20261122-04150${run}-eeee.jsonl`), devices.flatMap((device, number) => `${JSON.stringify(flaky(device, number)[run])}\n`).join(''));
    };
    write(['canon-lbp2900', 'brother-hl-2140']);
    await both(now, expectSame);
    write(['canon-lbp2900', 'brother-hl-2140', 'ricoh-sp-111']);
    await both(now, (indexed, whole) => {
      expectSame(indexed, whole);
      expect(indexed.answer('canon-lbp2900')?.images[0]?.headline).to.equal('works');
    });
  });
});
