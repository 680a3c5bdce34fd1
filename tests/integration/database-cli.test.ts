import { expect } from 'chai';
import { execa } from 'execa';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { canonicalJson } from '../../harness/db/canonical-json.ts';
import { exampleResult, exampleTest } from '../../harness/db/example-result.ts';
import { ResultStore } from '../../harness/db/result-store.ts';

describe('hwlab check and hwlab db, spawned', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-cli-'));
    await using store = ResultStore.open(folder);
    await store.append(exampleResult({ startedAt: new Date().toISOString(), cell: { device: 'hp-laserjet-1320' } }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function hwlab(...args: readonly string[]): Promise<{ readonly code: number | undefined; readonly out: string; readonly err: string }> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [join(projectRoot, 'harness/cli/main.ts'), ...args], { reject: false });
    return { code: exitCode, out: stdout, err: stderr };
  }

  it('answers for a model by an alias, in both languages', async () => {
    const english = await hwlab('check', 'hp lj-1320', '--db', folder);
    expect(english.code).to.equal(0);
    expect(english.out).to.contain('debian-12: Expected to work, not tested by us on a real device');
    expect((await hwlab('check', '03f0:1d17', '--db', folder, '--lang', 'ru')).out).to.contain('Должно работать, на настоящем устройстве нами не проверено');
  });

  it('answers as JSON', async () => {
    const { out } = await hwlab('check', 'hp-laserjet-1320', '--image', 'debian-12', '--db', folder, '--json');
    const answer = JSON.parse(out) as { readonly device: { readonly id: string }; readonly answers: readonly { readonly headline: string; readonly level: string }[] };
    expect(answer.device.id).to.equal('hp-laserjet-1320');
    expect(answer.answers[0]).to.include({ headline: 'expected-to-work', level: 'E2' });
  });

  it('says that it read a typing mistake as a model, and why', async () => {
    const { code, out } = await hwlab('check', 'Lasrjet 1320', '--db', folder);
    expect(code).to.equal(0);
    expect(out).to.match(/^"Lasrjet 1320" is read as HP LaserJet 1320 \(\d+ %\): .*typing mistake/);
    expect((await hwlab('check', 'LaserJet 1320', '--db', folder)).out).not.to.contain('is read as');
  });

  it('names near models and ends with 2', async () => {
    const { code, err } = await hwlab('check', 'LaserJet 1321', '--db', folder);
    expect(code).to.equal(2);
    expect(err).to.contain('did you mean "HP LaserJet 1320"');
  });

  it('explains, and refuses a database that is not there', async () => {
    expect((await hwlab('db', 'explain', 'LJ 1320', 'debian-12', '--db', folder)).out).to.contain('because printing.raw of printers (required): works (E2)');
    const { code, err } = await hwlab('check', 'LJ 1320', '--db', join(folder, 'nowhere'));
    expect(code).to.equal(2);
    expect(err).to.contain('there is no database folder');
  });

  it("finds nothing wrong with the checkout's own data", async () => {
    const { code, out } = await hwlab('db', 'lint', '--db', folder);
    expect(out).to.match(/ 0 errors/);
    expect(code).to.equal(0);
  });

  it('mends what needs no thought, says what is left, and what a change of data does: "3 devices lose"', async () => {
    const db = join(folder, 'data');
    for (const part of ['devices', 'images', 'certificates', 'results', 'reviews']) mkdirSync(join(db, part), { recursive: true });
    const ids = ['acme-1', 'acme-2', 'acme-3'];
    const device = (id: string): object => ({ id, vendor: 'ACME', name: `Laser ${id.slice(-1)}`, aliases: [' L1 '], classes: ['printer'], usb: [{ vendorId: '03F0', productId: '0x1D17' }].slice(0, id === 'acme-1' ? 1 : 0), origin: [{ what: 'names', source: 'made up' }] });
    for (const id of ids) writeFileSync(join(db, `devices/${id}.json`), JSON.stringify(device(id)));
    writeFileSync(join(db, 'images/debian-12.json'), canonicalJson({ schema: 'hwlab/image/1', id: 'debian-12', os: 'Debian', version: '12', format: 'qcow2', recipe: 'debian-12', boot: 'direct-kernel', login: { username: 'root' } }));
    expect((await hwlab('db', 'lint', '--db', db)).code).to.equal(2);
    await hwlab('db', 'lint', '--fix', '--db', db);
    expect(JSON.parse(readFileSync(join(db, 'devices/acme-1.json'), 'utf8'))).to.deep.include({ usb: [{ vendorId: '0x03f0', productId: '0x1d17' }], aliases: ['L1'] });

    await using store = ResultStore.open(db);
    for (const id of ids) await store.append(exampleResult({ id: `20261122-010101-aaaa-000${id.slice(-1)}`, startedAt: new Date().toISOString(), evidence: 'E4', cell: { device: id, model: id, attachment: 'wired' }, tests: [exampleTest('printing.raw', 'PASS')] }));
    const later = join(folder, 'later');
    cpSync(db, later, { recursive: true });
    rmSync(join(later, 'results'), { recursive: true });
    mkdirSync(join(later, 'results'));
    writeFileSync(join(later, 'reviews/acme-laser-1-2026-11-22.json'), canonicalJson({ id: 'acme-laser-1-2026-11-22', vendor: 'ACME', name: 'Laser 1', says: 'works', reviewer: 'A. Ivanova', reviewedAt: '2026-11-22', source: { name: 'a wiki', url: 'https://wiki.example.org/1', date: '2026-05-04', licence: 'CC BY-SA 4.0' } }));
    const { code, out } = await hwlab('db', 'diff', db, later, '--db', later);
    expect(out.startsWith('3 devices lose "')).to.equal(true);
    expect(out).to.contain('ACME Laser 1: nothing to expect → expected to work; now said: a wiki').and.to.contain('reviews/acme-laser-1-2026-11-22: added');
    expect(code).to.equal(1);
    const none = await hwlab('db', 'diff', db, db, '--db', db, '--json');
    expect([none.code, JSON.parse(none.out)]).to.deep.equal([0, { from: 'data', to: 'data', changes: [], lists: [], records: [] }]);
  });
});
