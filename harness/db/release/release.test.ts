import { expect } from 'chai';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import type { HwlabError } from '../../base/hwlab-error.ts';
import { canonicalJson } from '../canonical-json.ts';
import { checkDevice, checkModel } from '../check-device.ts';
import { openDatabase } from '../database.ts';
import { exampleResult, exampleTest } from '../example-result.ts';
import type { Device } from '../generated/device.ts';
import { compareAnswers } from './compare-answers.ts';
import { listedChangeTexts } from './change-texts.ts';
import { compareListed } from './compare-listed.ts';
import { compareRecords } from './compare-records.ts';
import { frozenSnapshot, openState } from './load-snapshot.ts';
import { verifyRelease } from './verify-release.ts';
import { watchStates } from './watch-states.ts';
import { writeRelease, type ReleaseOptions, type WrittenRelease } from './write-release.ts';

const laser: Device = { id: 'acme-laser', vendor: 'ACME', name: 'Laser 1', aliases: [], classes: ['printer'], usb: [] };
const image = { schema: 'hwlab/image/1', id: 'debian-12', os: 'Debian', version: '12', format: 'qcow2', file: '/home/me/secret.qcow2', sha256: 'd'.repeat(64), boot: 'bios', login: { username: 'root', password: 'hunter2', privateKeyFile: '/root/key' } };
const real = { evidence: 'E4', cell: { attachment: 'wired', suite: 'printers-x' } } as const;

describe('a data release', () => {
  let root: string;
  let cache: string | undefined;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'hwlab-release-'));
    cache = process.env['HWLAB_CACHE'];
    process.env['HWLAB_CACHE'] = join(root, 'cache');
    write('devices/acme-laser.json', laser);
    write('images/debian-12.json', image);
    await night(22, real);
  });
  afterEach(() => {
    if (cache === undefined) delete process.env['HWLAB_CACHE'];
    else process.env['HWLAB_CACHE'] = cache;
    rmSync(root, { recursive: true, force: true });
  });

  function write(path: string, value: unknown): void {
    const file = join(root, 'db', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, canonicalJson(value));
  }

  async function night(day: number, change: Parameters<typeof exampleResult>[0]): Promise<void> {
    await using store = (await openDatabase(join(root, 'db'))).results;
    const id = `202611${day}-010101-aaaa`;
    const at = `2026-11-${day}T01:01:01.000Z`;
    const result = exampleResult({ night: id, id: `${id}-0001`, startedAt: at, ...change });
    for (const test of result.tests) for (const attempt of test.attempts) attempt.startedAt = at;
    await store.append(result);
  }

  async function release(more: Partial<ReleaseOptions> = {}): Promise<WrittenRelease> {
    return await writeRelease(await openDatabase(join(root, 'db')), { out: join(root, 'out'), date: '2026-11-22', ...more });
  }

  async function previous(id: string): Promise<NonNullable<ReleaseOptions['previous']>> {
    const state = await openState(id, { db: join(root, 'db'), releases: join(root, 'out') });
    return { snapshot: await frozenSnapshot(state, new Date(0)), manifestSha256: state.release?.manifestSha256 ?? '' };
  }

  it('has the same bytes for the same data and date, whoever makes it and when', async () => {
    const first = await release();
    for (const file of readdirSync(join(root, 'db/devices'))) utimesSync(join(root, 'db/devices', file), 1, 1);
    const second = await release({ out: join(root, 'elsewhere') });
    expect(readFileSync(second.path).equals(readFileSync(first.path))).to.equal(true);
    expect(second.sha256).to.equal(first.sha256);
    expect(readFileSync(`${first.path}.sha256`, 'utf8')).to.equal(`${first.sha256 ?? ''}  data-2026-11-22.tar.gz\n`);
    expect((await release()).existed).to.equal(true);
  });

  it('holds the data, its schemas and answers, and no secrets of the lab', async () => {
    const { manifest, path } = await release({ asFolder: true });
    expect(manifest).to.deep.include({ id: 'data-2026-11-22', previous: null, headlines: { works: 1 } });
    expect(manifest.counts).to.deep.equal({ devices: 1, images: 1, nights: 1, results: 1, answers: 1 });
    expect(manifest.files.map((file) => file.path)).to.include.members(['devices/acme-laser.json', 'results/2026-11/20261122-010101-aaaa.jsonl', 'schemas/result.schema.json', 'profiles/printers.json', 'answers.jsonl', 'CHANGELOG.ru.md']);
    expect(JSON.parse(readFileSync(join(path, 'answers.jsonl'), 'utf8'))).to.deep.include({ device: 'acme-laser', image: 'debian-12', headline: 'works', level: 'E4', features: { 'printers-x/printing.raw': 'works' } });
    for (const { path: file } of manifest.files) expect(readFileSync(join(path, file), 'utf8'), file).to.not.match(/hunter2|secret\.qcow2|\/root\/key/);
  });

  it('leaves a line that is being written out', async () => {
    const file = join(root, 'db/results/2026-11/20261122-010101-aaaa.jsonl');
    const before = await release();
    writeFileSync(file, '{"schema":"hwlab/re', { flag: 'a' });
    expect((await release({ out: join(root, 'later') })).sha256).to.equal(before.sha256);
  });

  it('never changes: another content under the same id is refused, a number makes another id', async () => {
    await release();
    await night(23, real);
    expect(await code(release())).to.equal('release-exists');
    expect((await release({ number: 2 })).manifest.id).to.equal('data-2026-11-22-2');
    expect(readdirSync(join(root, 'out')).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('is a database, packed or not', async () => {
    const now = new Date('2026-11-22T12:00:00Z');
    for (const { path } of [await release(), await release({ asFolder: true })]) {
      const { assessments } = await checkDevice(await openDatabase(path), 'Laser 1', { now });
      expect(assessments.map(({ image: name, headline }) => `${name} ${headline}`)).to.deep.equal(['debian-12 works']);
    }
  });

  it('says what changed since the release before, by device, in both languages', async () => {
    await release();
    await night(23, { ...real, outcome: 'FAIL', tests: [exampleTest('printing.raw', 'FAIL', 'FAIL')] });
    write('devices/acme-new.json', { ...laser, id: 'acme-new', name: 'New' });
    const { path, manifest } = await release({ date: '2026-11-24', asFolder: true, previous: await previous('data-2026-11-22') });
    expect(manifest.previous?.id).to.equal('data-2026-11-22');
    const english = readFileSync(join(path, 'CHANGELOG.md'), 'utf8');
    expect(english).to.contain('- 1 device loses "Works"').and.to.contain('## Regressions').and.to.match(/ACME Laser 1 \(acme-laser\), debian-12: Works → Does not work \(fails now: .+\)/).and.to.contain('## New devices');
    expect(readFileSync(join(path, 'CHANGELOG.ru.md'), 'utf8')).to.contain('## Перестало работать').and.to.contain('Работает → Не работает');
  });

  describe('verify', () => {
    it('finds nothing wrong with what was frozen', async () => {
      for (const { path } of [await release(), await release({ asFolder: true })]) expect((await verifyRelease(path)).problems).to.deep.equal([]);
    });

    it('finds a changed, a missing and a strange file, and another id', async () => {
      const { path } = await release({ asFolder: true });
      writeFileSync(join(path, 'devices/acme-laser.json'), canonicalJson({ ...laser, name: 'Laser 2' }));
      rmSync(join(path, 'CHANGELOG.md'));
      writeFileSync(join(path, 'extra'), '');
      const moved = join(root, 'data-2020-01-01');
      cpSync(path, moved, { recursive: true });
      expect((await verifyRelease(moved)).problems).to.have.members([
        'the folder is data-2020-01-01, its manifest says data-2026-11-22',
        'devices/acme-laser.json was changed: its SHA-256 is another',
        'CHANGELOG.md is missing',
        'extra is not in the manifest',
      ]);
    });

    it('finds a packed file that was changed, cut or never was one', async () => {
      const { path } = await release();
      const bytes = readFileSync(path);
      writeFileSync(`${path}.sha256`, `${'0'.repeat(64)}  x\n`);
      expect((await verifyRelease(path)).problems[0]).to.contain('is not what');
      for (const wrong of [bytes.subarray(0, bytes.length / 2), Buffer.from('no archive'), Buffer.alloc(0)]) {
        writeFileSync(path, wrong);
        expect(await code(verifyRelease(path))).to.equal('release-damaged');
        expect(await code(openDatabase(path))).to.equal('release-damaged');
      }
    });

    it('refuses an archive that leads out or holds links', async () => {
      mkdirSync(join(root, 'evil/data-2026-11-22'), { recursive: true });
      writeFileSync(join(root, 'outside'), 'x');
      for (const [name, entries, options] of [
        ['up', ['../outside'], { preservePaths: true }],
        ['absolute', [join(root, 'outside')], { preservePaths: true }],
      ] as const) {
        const file = join(root, `${name}.tar.gz`);
        await create({ cwd: join(root, 'evil'), file, gzip: true, ...options }, [...entries]);
        expect(await code(verifyRelease(file)), name).to.equal('release-damaged');
      }
      expect(existsSync(join(tmpdir(), 'outside'))).to.equal(false);
    });

    it('refuses as a database what was changed after it was packed', async () => {
      const { path } = await release({ asFolder: true });
      writeFileSync(join(path, 'devices/acme-laser.json'), canonicalJson({ ...laser, name: 'Laser 2' }));
      const file = join(root, 'forged.tar.gz');
      await create({ cwd: join(root, 'out'), file, gzip: true }, ['data-2026-11-22']);
      expect(await code(openDatabase(file))).to.equal('release-damaged');
    });
  });

  it('is told from what follows it: the answers and the records that differ', async () => {
    await release();
    write('devices/acme-laser.json', { ...laser, aliases: ['L1'], classes: ['printer', 'scanner'] });
    const options = { db: join(root, 'db'), releases: join(root, 'out') };
    const [before, after] = [await openState('data-2026-11-22', options), await openState('current', options)];
    const changes = compareAnswers(await frozenSnapshot(before, new Date()), await frozenSnapshot(after, new Date('2026-11-23T00:00:00Z')));
    expect(changes.map(({ kind, from, to }) => `${kind}: ${from} -> ${to}`)).to.deep.equal(['withdrawn: works -> not-tested']);
    expect(await compareRecords(before.database, after.database)).to.deep.equal([{ kind: 'devices', id: 'acme-laser', change: 'changed', properties: ['aliases', 'classes'] }]);
  });

  it('carries public lists with their licences and reviews, and nothing of the machines of schools; a difference says what they let expect', async () => {
    const fact = (kind: string, name: string, evidence: 'E1' | 'E3') => ({ source: { kind, name: `${kind} 1.0`, date: '2026-03-01', licence: 'GPL-2.0', importedAt: '2026-11-22T00:00:00Z', at: 'x:1' }, evidence, ...(evidence === 'E3' ? { review: 'needed' } : {}), device: { vendor: 'Canon', name, classes: ['scanner'] }, claim: { says: 'works' } });
    mkdirSync(join(root, 'db/imported'));
    for (const [kind, evidence] of [['sane-desc', 'E1'], ['inventory', 'E3'], ['hw-probe', 'E3'], ['lsusb', 'E1'], ['kcidb', 'E1']] as const) writeFileSync(join(root, `db/imported/${kind === 'kcidb' ? 'kcidb--night' : kind}.jsonl`), `${JSON.stringify(fact(kind, `LiDE of ${kind}`, evidence))}\n`);
    const { path, manifest } = await release({ asFolder: true });
    expect(manifest.files.map((file) => file.path).filter((file) => file.startsWith('imported/'))).to.deep.equal(['imported/LICENCES.txt', 'imported/kcidb--night.jsonl', 'imported/sane-desc.jsonl']);
    expect(manifest.counts['facts']).to.equal(2);
    expect(readFileSync(join(path, 'imported/LICENCES.txt'), 'utf8')).to.contain('sane-desc 1.0, 2026-03-01: GPL-2.0 (1)');
    expect(JSON.stringify(await checkModel(await openDatabase(path), 'Canon LiDE of sane-desc', { now: new Date('2026-11-22T12:00:00Z') }))).to.contain('expected-to-work');
    write('reviews/canon-lide-of-sane-desc-2026-11-22.json', { id: 'canon-lide-of-sane-desc-2026-11-22', vendor: 'Canon', name: 'LiDE of sane-desc', says: 'broken', reviewer: 'A. Ivanova', reviewedAt: '2026-11-22', source: { name: 'a wiki', url: 'https://wiki.example.org/1', date: '2026-05-04', licence: 'CC BY-SA 4.0' } });
    const options = { db: join(root, 'db'), releases: join(root, 'out') };
    const [before, after] = [await openState('data-2026-11-22', options), await openState('current', options)];
    const lists = (await compareListed(before.database, after.database)).filter(({ name }) => name.includes('sane-desc'));
    expect(lists.map(({ from, to, said }) => [from, to, said.map(({ says, review }) => `${says} ${review}`)])).to.deep.equal([['expected-to-work', 'not-tested', ['broken A. Ivanova, 2026-11-22']]]);
    const records = await compareRecords(before.database, after.database);
    expect(records).to.deep.equal([{ kind: 'reviews', id: 'canon-lide-of-sane-desc-2026-11-22', change: 'added', properties: [] }]);
    expect(listedChangeTexts(lists, 'ru').lines.join('\n')).to.match(/^Canon LiDE of sane-desc: должно работать → сказать нечего; появилось: a wiki .*не работает/);
    expect(listedChangeTexts(lists, 'en').lines.join('\n')).to.contain('expected to work → nothing to expect; now said: a wiki');
  });

  it('tells a list what changed between a release and now without reading every result', async () => {
    await release();
    write('devices/acme-gone.json', { ...laser, id: 'acme-gone', name: 'Gone 9' });
    await release({ number: 2 });
    rmSync(join(root, 'db/devices/acme-gone.json'));
    await night(23, { ...real, outcome: 'FAIL', tests: [exampleTest('printing.raw', 'FAIL', 'FAIL')] });
    const options = { db: join(root, 'db'), releases: join(root, 'out') };
    const now = new Date('2026-11-24T00:00:00Z');
    const lines = ['ACME Laser 1', 'ACME Gone 9', 'a table'].map((text, row) => ({ sheet: '', row, text, asks: [text], quantity: { text: '2', value: 2 } }));
    await using after = await openState('current', options);
    for (const before of ['data-2026-11-22-2', 'data-2026-11-22']) {
      await using state = await openState(before, options);
      const report = await watchStates(lines, state, after, [], { now });
      expect(report.worse.map(({ device, kind, pieces }) => `${device} ${kind} ${pieces}`)).to.deep.equal(before.endsWith('-2') ? ['acme-laser regressed 2', 'acme-gone removed 2'] : ['acme-laser regressed 2']);
      expect(report.unmatched.map(({ line }) => line.text)).to.deep.equal(before.endsWith('-2') ? ['a table'] : ['ACME Gone 9', 'a table']);
    }
    // The index is up to date: what it says needs no line of results.
    await using later = await openState('current', options);
    const file = join(root, 'db/results/2026-11/20261123-010101-aaaa.jsonl');
    const { mtimeMs, atimeMs, size } = statSync(file);
    writeFileSync(file, ' '.repeat(size));
    utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
    await using first = await openState('data-2026-11-22', options);
    expect((await watchStates(lines, first, later, [], { now })).worse.map(({ device }) => device)).to.deep.equal(['acme-laser']);
  });

  it('knows a git revision, and says what is none', async () => {
    const options = { db: join(root, 'db'), releases: join(root, 'out') };
    await using head = await openState('HEAD', options);
    expect((await head.database.devices()).has('arduino-uno-r3')).to.equal(true);
    expect(existsSync(join(head.database.folder, 'results/2026-11'))).to.equal(true);
    for (const wrong of ['no-such-thing', '--help', '-n1']) expect(await code(openState(wrong, options)), wrong).to.equal('state-unknown');
  });

  async function code(work: Promise<unknown>): Promise<string> {
    return await work.then(
      () => 'done',
      (error: HwlabError) => error.code,
    );
  }
});
