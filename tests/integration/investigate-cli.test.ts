import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { exampleResult, exampleTest } from '../../harness/db/example-result.ts';
import type { Failure, Result } from '../../harness/db/generated/result.ts';
import { keepInvestigation } from '../../harness/db/investigations.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import type { ImageManifest } from '../../harness/images/stored-image.ts';

const night = '20261122-031500-k3xq';

/** What `investigate` and `bisect` say before any machine starts, as a person types it. */
describe('investigate and bisect on the command line', function () {
  this.timeout(60_000);
  let folder: string;
  const places = (): string[] => ['--db', join(folder, 'db'), '--reports', join(folder, 'reports')];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-investigate-'));
    const packages = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const good = addImage('school-1', '2026-10-01', packages.map((name) => `${name} 1`));
    addImage('school-2', '2026-10-02', packages.map((name) => `${name} 1`));
    // p0 and p1 want each other in the same version: they can only change together.
    const bad = addImage('school-3', '2026-10-03', packages.map((name) => (name === 'p0' ? 'p0 2 | Depends: p1 (= 2)' : name === 'p1' ? 'p1 2 | Depends: p0 (= 2)' : `${name} 2`)));
    const failure: Failure = { code: 'assertion', blame: 'product', message: 'no volume on the stick' };
    const red = exampleTest('storage.disk', 'FAIL');
    const base = exampleResult({ cell: { model: 'sandisk-cruzer-blade', device: 'sandisk-cruzer-blade', suite: 'storage', machine: 'vm-basic' } });
    mkdirSync(join(folder, 'db/devices'), { recursive: true });
    copyFileSync(join(projectRoot, 'hardware-db/devices/sandisk-cruzer-blade.json'), join(folder, 'db/devices/sandisk-cruzer-blade.json'));
    const result = (number: string, image: string, sha256: string, change: Partial<Result>): Result => ({ ...base, id: `${night}-${number}`, night, ...change, cell: { ...base.cell, image, id: base.cell.id.replace(base.cell.image, image) }, environment: { ...base.environment, imageSha256: sha256 } });
    await using store = ResultStore.open(join(folder, 'db'));
    await store.append(result('001', 'school-1', good, { outcome: 'PASS', tests: [exampleTest('storage.disk', 'PASS')] }));
    await store.append(result('002', 'school-3', bad, { outcome: 'FAIL', tests: [{ ...red, attempts: [{ ...red.attempts[0], failure }] }] }));
    await store.append(result('003', 'school-0', '0'.repeat(64), { outcome: 'FAIL', tests: [{ ...red, attempts: [{ ...red.attempts[0], failure }] }] }));
    await store.writeNight({ schema: 'hwlab/night/1', id: night, plan: base.environment.plan, startedAt: base.startedAt, finishedAt: base.finishedAt, accelerator: 'tcg', slots: 1, folder: `nights/${night}`, cells: [] });
    await keepInvestigation(join(folder, 'db'), night, { result: `${night}-002`, test: red.id, signature: '0123456789abcdef', at: '2026-11-22T04:00:00Z', verdict: 'product', reasons: ['it comes again on a pristine clone', "today's suite passes on the last good image, school-1"], reasonsInRussian: ['повторяется на чистой копии', 'сегодняшний набор тестов проходит на последнем исправном образе, school-1'], checks: [{ check: 'last-good-image', on: 'school-1', answer: 'passes', result: `${night}-001` }], seconds: 40, harness: 'hwlab 0.1.0 0123abcd' });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function hwlab(...args: string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
    const { status, stdout, stderr } = spawnSync(join(projectRoot, 'hwlab'), args, { encoding: 'utf8', env: { ...process.env, HWLAB_CACHE: join(folder, 'cache') } });
    return { code: status, stdout, stderr };
  }

  /** A stored image whose file system holds dpkg's database and no more. Returns its hash. */
  function addImage(id: string, day: string, packages: readonly string[]): string {
    const tree = join(folder, `${id}.tree`);
    const put = (path: string, content: string): void => {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content);
    };
    put('usr/lib/os-release', 'NAME=School\n');
    put('var/lib/dpkg/status', packages.map((line) => line.split(' | ')).map(([head = '', ...fields]) => [`Package: ${head.split(' ')[0]}`, 'Status: install ok installed', `Version: ${head.split(' ')[1]}`, 'Architecture: all', ...fields].join('\n')).join('\n\n'));
    const place = join(folder, 'cache/images', id);
    mkdirSync(place, { recursive: true });
    const disk = join(place, 'image.raw');
    execFileSync('mkfs.ext4', ['-q', '-F', '-d', tree, disk, '4M'], { stdio: 'pipe', env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } });
    const sha256 = createHash('sha256').update(readFileSync(disk)).digest('hex');
    const record: ImageManifest['record'] = { schema: 'hwlab/image/1', id, os: 'School', version: '1', format: 'raw', file: disk, sha256, boot: 'bios', seed: 'none', login: { username: 'root' } };
    const manifest: ImageManifest = { schema: 'hwlab/image-manifest/1', record, files: { disk: { name: 'image.raw', size: statSync(disk).size, sha256 } }, packages: {}, builtAt: `${day}T00:00:00Z` };
    writeFileSync(join(place, 'manifest.json'), JSON.stringify(manifest));
    return sha256;
  }

  it('a bisection says what it costs, finds its ends in the results, and starts nothing', () => {
    const { code, stdout, stderr } = hwlab('bisect', '--test', `${night}-002`, '--dry-run', '--json', ...places());
    expect(code, stderr).to.equal(0);
    const cost = JSON.parse(stdout) as { readonly good: string; readonly bad: string; readonly images: readonly string[]; readonly packages: readonly (readonly string[])[]; readonly runs: Readonly<Record<string, unknown>> };
    expect([cost.good, cost.bad, cost.images]).to.deep.equal(['school-1', 'school-3', ['school-1', 'school-2', 'school-3']]);
    expect(cost.packages).to.have.length(11);
    expect(cost.packages.filter((group) => group.length > 1)).to.deep.equal([['p0', 'p1']]);
    expect(cost.runs).to.deep.equal({ images: { usual: 1, most: 1 }, packages: { usual: 4, most: 4 }, kernels: { usual: 0, most: 0 }, ends: 0 });
    expect(stderr).to.contain('stored results show the ends').and.to.contain('12 differ from end to end, in 11 groups').and.to.contain('together at most 7 runs').and.not.to.contain('restoring');
  });

  it('a flaky test costs more, and the confidence is said', () => {
    const { stderr } = hwlab('bisect', '--test', `${night}-002`, '--dry-run', '--rate', '0.3', '--confidence', '0.99', ...places());
    expect(stderr).to.contain('in 30 of 100 runs').and.to.contain('sure to 99 %').and.to.match(/in 95 of 100 cases at most \d+/);
  });

  for (const [what, args, code, says] of [
    ['an image that is gone', ['bisect', '--test', `${night}-003`], 2, /image of the result, school-0, is gone/],
    ['the same image twice', ['bisect', '--test', `${night}-002`, '--good', 'school-3'], 2, /are the same image/],
    ['a result that passed', ['bisect', '--test', `${night}-001`], 2, /no failure to look for/],
    ['a rate that is none', ['bisect', '--test', `${night}-002`, '--rate', '1.5'], 2, /a share from 0.01 to 1/],
    ['nothing to look into', ['investigate', `${night}-001`], 2, /no failure to look into/],
    ['an image that is gone', ['investigate', `${night}-003`], 2, /is gone/],
    ['an unknown result', ['investigate', `${night}-009`], 2, /there is no result/],
  ] as const) {
    it(`${args[0]} refuses ${what}`, () => {
      const said = hwlab(...args, ...places());
      expect(said.code, said.stderr).to.equal(code);
      expect(said.stderr).to.match(says).and.not.to.contain('restoring');
    });
  }

  it('the verdict stands in the summary of the night, and on its pages in both languages', () => {
    const { code, stdout, stderr } = hwlab('report', night, '--json', ...places());
    expect(code, stderr).to.equal(0);
    const summary = JSON.parse(stdout) as { readonly failures: readonly { readonly cell: string; readonly investigation: { readonly verdict: string } | null }[]; readonly reports: { readonly page: string } };
    expect(summary.failures.map(({ investigation }) => investigation?.verdict)).to.include('product');
    expect(readFileSync(summary.reports.page, 'utf8')).to.contain('Whose failure it is').and.to.contain('passes on the last good image, school-1');
    expect(readFileSync(summary.reports.page.replace('index.html', 'index.ru.html'), 'utf8')).to.contain('Чей это отказ').and.to.contain('проходит на последнем исправном образе, school-1').and.to.not.contain('passes on the last good image');
  });

  it('and in what explains the word for the model', () => {
    const { code, stdout, stderr } = hwlab('db', 'explain', 'sandisk-cruzer-blade', 'school-3', '--db', join(folder, 'db'));
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('investigated 2026-11-22T04:00:00Z: product').and.to.contain("because today's suite passes on the last good image, school-1");
  });

  it('the linter finds one that is damaged, or of a result that the night has not', async () => {
    const problems = (): readonly string[] => (JSON.parse(hwlab('db', 'lint', '--json', '--db', join(folder, 'db')).stdout) as { readonly problems: readonly { readonly file: string; readonly message: string }[] }).problems.filter(({ file }) => file.endsWith('investigations.json')).map(({ message }) => message);
    expect(problems()).to.deep.equal([]);
    await keepInvestigation(join(folder, 'db'), night, { result: `${night}-777`, signature: '0123456789abcdef', at: '2026-11-22T04:00:00Z', verdict: 'undecided', reasons: ['nobody knows'], checks: [], seconds: 1, harness: 'hwlab 0.1.0' });
    expect(problems()).to.deep.equal([`it looks into ${night}-777, which the night has not`]);
    writeFileSync(join(folder, `db/results/2026-11/${night}.investigations.json`), '{"schema":"hwlab/investigations/1","night":"x","investigations":[]}');
    expect(problems()).to.have.length(1);
  });
});
