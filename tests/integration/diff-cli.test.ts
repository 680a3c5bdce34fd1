import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../harness/base/places.ts';
import { exampleResult, exampleTest } from '../../harness/db/example-result.ts';
import type { Result } from '../../harness/db/generated/result.ts';
import { ResultStore } from '../../harness/db/result-store.ts';
import { axeFile, launchBrowser, type AxeResult } from './browser.ts';

const [firstNight, secondNight] = ['20261122-031500-k3xq', '20261123-031500-ab2d'] as const;

/** What `diff` says of two nights and of two of their results, as a person types it and looks at its page. */
describe('diff on the command line', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-diff-'));
    const wire = (night: string, requests: readonly string[]): Result['artefacts'] => {
      const path = 'cells/001-usb-laser-printers/a1/wire.jsonl';
      const file = join(folder, 'reports/nights', night, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, requests.map((meaning, index) => `${JSON.stringify({ t: index, from: 'host', kind: 'bulk', endpoint: 1, meaning })}\n`).join(''));
      return [{ name: 'wire-trace', path, mediaType: 'application/jsonl' }];
    };
    const same = Array.from({ length: 20 }, (_, number) => `same ${number}`);
    const base = exampleResult();
    await using store = ResultStore.open(join(folder, 'db'));
    for (const [night, version, outcome, last, total] of [[firstNight, '2.4.2', 'PASS', 'asks for the status', 1000], [secondNight, '2.4.10', 'FAIL', 'asks for nothing', 1600]] as const) {
      const environment = { ...base.environment, packages: { cups: version } };
      // In the second night the first cell of all never got to its guest.
      await store.append(exampleResult({ id: `${night}-002`, night, environment: night === firstNight ? environment : base.environment, cell: { id: 'debian-12/pc/board/robotics', model: 'board', suite: 'robotics' }, timings: { total: night === firstNight ? 1 : 9 } }));
      await store.append(exampleResult({ id: `${night}-001`, night, outcome, environment, tests: [exampleTest('printing.raw', outcome), exampleTest('printing.duplex', 'PASS')], artefacts: wire(night, [...same, last]), timings: { total } }));
      await store.writeNight({ schema: 'hwlab/night/1', id: night, plan: base.environment.plan, startedAt: base.startedAt, finishedAt: base.finishedAt, accelerator: 'tcg', slots: 1, folder: `nights/${night}`, cells: [] });
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function diff(...args: string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
    const { status, stdout, stderr } = spawnSync(join(projectRoot, 'hwlab'), ['diff', ...args, '--db', join(folder, 'db'), '--reports', join(folder, 'reports')], { encoding: 'utf8', env: { ...process.env, HWLAB_CACHE: join(folder, 'cache') } });
    return { code: status, stdout, stderr };
  }

  it('of two nights names the test, the package and what took longer, each under its cell', () => {
    const { code, stdout, stderr } = diff(firstNight, secondNight);
    expect([code, stderr]).to.deep.equal([1, '']);
    expect(stdout).to.contain(`${firstNight}: 2 cells / ${secondNight}: 2 cells`).and.to.contain('printers/printing.raw/a-page-arrives\n      was PASS\n      is  FAIL').and.to.contain('packages: 1\n    debian-12: cups 2.4.2 -> 2.4.10');
    expect(stdout).to.contain('measurements: 1\n  debian-12/pc/usb-laser/printers\n    total, ms: 1000 -> 1600 (x 1.60)');
  });

  it('of a night and itself says that nothing differs, with another exit code', () => {
    expect(diff(firstNight, firstNight)).to.deep.include({ code: 0, stdout: `${firstNight}: 2 cells / ${firstNight}: 2 cells\nnothing differs\n` });
    const { code, stderr } = diff(firstNight, `${secondNight}-001`);
    expect([code, stderr.split('\n')[0]]).to.deep.equal([2, `hwlab: ${firstNight} is a night and ${secondNight}-001 is a result`]);
  });

  it('of two results shows on the terminal and on a page what either side did at last, after ten that are the same', async () => {
    const file = join(folder, 'diff.html');
    const { code, stdout } = diff(`${firstNight}-001`, `${secondNight}-001`, '--page', file);
    expect(code).to.equal(1);
    expect(stdout).to.match(/20 things on the cable are the same, then they part; 2 differ\n( {4}host {3}bulk 1 OUT same 1\d\n){10} {2}- host {3}bulk 1 OUT asks for the status\n {2}\+ host {3}bulk 1 OUT asks for nothing\n/);
    await using browser = await launchBrowser();
    const page = await browser.newPage({ locale: 'ru-RU', viewport: { width: 390, height: 800 } });
    const wrong: string[] = [];
    page.on('pageerror', ({ message }) => wrong.push(message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    expect(await page.locator('#wire .changed td').allTextContents()).to.deep.equal(['host   bulk 1 OUT asks for the status', 'host   bulk 1 OUT asks for nothing']);
    expect(await page.locator('h2:visible').first().textContent()).to.contain('Тесты');
    expect(await page.locator('h2:visible .in-en:visible').count()).to.equal(0);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'no wider than a phone').to.equal(true);
    await page.locator('#words').fill('cups');
    expect(await page.locator('tbody tr:visible').allTextContents()).to.deep.equal(['cups2.4.22.4.10']);
    await page.locator('#words').fill('');
    await page.locator('#language').click();
    expect(await page.locator('h2:visible').first().innerText()).to.contain('Tests');
    await page.evaluate(readFileSync(axeFile, 'utf8'));
    const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
    expect(violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary}`)).to.deep.equal([]);
    expect(wrong).to.deep.equal([]);
  });
});
