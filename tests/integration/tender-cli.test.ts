import { expect } from 'chai';
import { execa } from 'execa';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { exampleResult, exampleTest } from '../../harness/db/example-result.ts';
import { ResultStore } from '../../harness/db/result-store.ts';

const list = 'Спецификация;;\n№;Наименование;Кол-во\n1;НР LaserJet 1320 или аналог;15 шт.\n2;"=cmd|\'/C calc\'!A0";1\n;Итого;16\n';

describe('lists, releases and watching, spawned', function () {
  this.timeout(120_000);
  let folder: string;
  const file = (name: string): string => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-tender-'));
    writeFileSync(file('tender.csv'), list);
    writeFileSync(file('bought.csv'), 'Name,Qty\nHP LaserJet 1320,15\n');
    await night('20261120-010101-aaaa', 'PASS');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function night(id: string, outcome: 'PASS' | 'FAIL'): Promise<void> {
    await using store = ResultStore.open(file('db'));
    const startedAt = `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}T01:01:01.000Z`;
    const test = outcome === 'PASS' ? exampleTest('printing.raw', 'PASS') : exampleTest('printing.raw', 'FAIL', 'FAIL');
    for (const attempt of test.attempts) attempt.startedAt = startedAt;
    await store.append(exampleResult({ night: id, id: `${id}-0001`, startedAt, outcome, evidence: 'E4', tests: [test], cell: { device: 'hp-laserjet-1320', suite: 'printers-x', attachment: 'wired' } }));
  }

  async function hwlab(...args: readonly string[]): Promise<{ readonly code: number | undefined; readonly out: string; readonly err: string }> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [join(projectRoot, 'harness/cli/main.ts'), ...args], { reject: false, env: { HWLAB_CACHE: file('cache') } });
    return { code: exitCode, out: stdout, err: stderr };
  }

  it('checks a list, in Russian by default, and ends with 1 when a line is not known', async () => {
    const { code, out } = await hwlab('check', '--list', file('tender.csv'), '--db', file('db'), '--image', 'debian-12');
    expect(out).to.contain('3. НР LaserJet 1320 или аналог [15 шт.] -> HP LaserJet 1320: Работает').and.to.contain('5. итог: Итого');
    expect(code).to.equal(1);
  });

  it('writes XLSX and CSV, which can be checked again, and runs no formula', async () => {
    for (const name of ['checked.xlsx', 'checked.csv']) {
      await hwlab('check', '--list', file('tender.csv'), '--db', file('db'), '--image', 'debian-12', '--out', file(name), '--link', 'https://hw.example.org');
      const { out } = await hwlab('check', '--list', file(name), '--db', file('db'), '--image', 'debian-12', '--json', '--lang', 'en');
      const { lines } = JSON.parse(out) as { readonly lines: readonly { readonly standing: string; readonly line: { readonly text: string } }[] };
      expect(lines.map(({ standing, line }) => `${line.text}: ${standing}`), name).to.deep.equal(['НР LaserJet 1320 или аналог: works', "'=cmd|'/C calc'!A0: not-known"]);
    }
    expect(readFileSync(file('checked.csv'), 'utf8')).to.contain('https://hw.example.org/d/hp-laserjet-1320/debian-12');
  });

  it('ends with 0 when every line is good, and with 2 and what to do for what cannot be read', async () => {
    expect((await hwlab('check', '--list', file('bought.csv'), '--db', file('db'), '--image', 'debian-12')).code).to.equal(0);
    writeFileSync(file('old.xls'), Buffer.from('d0cf11e0a1b11ae1', 'hex'));
    for (const [args, message] of [
      [['--list', file('old.xls')], /old \.xls/],
      [['--list', file('nowhere.csv')], /cannot be read/],
      [['--list', folder], /it is no file/],
      [['--list', file('bought.csv'), '--image', 'debian-21'], /no image "debian-21"/],
      [['--list', file('bought.csv'), '--out', file('x.pdf')], /neither \.xlsx nor \.csv/],
      [['--list', file('bought.csv'), '--link', 'javascript:alert(1)'], /not an http or https address/],
      [['--list', file('bought.csv'), 'Uno R3'], /a model or --list/],
    ] as const) {
      const { code, err } = await hwlab('check', ...args, '--db', file('db'));
      expect(err).to.match(message);
      expect(code, args.join(' ')).to.equal(2);
    }
  });

  it('freezes, verifies, compares and watches', async () => {
    const first = await hwlab('db', 'release', '--db', file('db'), '--out', file('releases'), '--date', '2026-11-20');
    expect(first.code, first.err).to.equal(0);
    await night('20261121-010101-bbbb', 'FAIL');
    const second = await hwlab('db', 'release', '--db', file('db'), '--out', file('releases'), '--date', '2026-11-21', '--json');
    expect((JSON.parse(second.out) as { readonly manifest: { readonly previous: { readonly id: string } } }).manifest.previous.id).to.equal('data-2026-11-20');
    const verified = await hwlab('db', 'release', 'verify', file('releases/data-2026-11-21.tar.gz'), '--json');
    expect(JSON.parse(verified.out)).to.deep.include({ id: 'data-2026-11-21', problems: [] });

    const watched = await hwlab('watch', '--list', file('bought.csv'), '--from', 'data-2026-11-20', '--to', 'data-2026-11-21', '--releases', file('releases'), '--lang', 'en');
    expect(watched.out).to.match(/HP LaserJet 1320 \(hp-laserjet-1320\), debian-12: Works → Does not work .*15 pieces/);
    expect(watched.code).to.equal(1);
    expect((await hwlab('watch', '--list', file('bought.csv'), '--from', 'data-2026-11-21', '--to', 'data-2026-11-21', '--releases', file('releases'))).code).to.equal(0);

    const diff = await hwlab('db', 'diff', 'data-2026-11-20', 'current', '--releases', file('releases'), '--db', file('db'));
    expect(diff.out).to.contain('1 device loses "Works"').and.to.contain('Regressions');
    expect(diff.code).to.equal(1);
    expect((await hwlab('db', 'diff', 'no-such-thing', '--db', file('db'))).code).to.equal(2);
    expect((await hwlab('check', 'HP LaserJet 1320', '--image', 'debian-12', '--db', file('releases/data-2026-11-20.tar.gz'))).out).to.contain('debian-12: Works');
  });
});
