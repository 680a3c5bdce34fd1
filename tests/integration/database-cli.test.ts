import { expect } from 'chai';
import { execa } from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { exampleResult } from '../../harness/db/example-result.ts';
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
});
