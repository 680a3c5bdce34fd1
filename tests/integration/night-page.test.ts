import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { NightSummary } from '../../harness/report/night-events.ts';
import { writeNightPages } from '../../harness/report/page/night-page-writer.ts';
import { nightsIndexWriter } from '../../harness/report/page/nights-index-writer.ts';
import { fakeNight, writeFakeArtefacts, type FakeNightOptions } from '../../harness/report/testing/fake-night.ts';
import { axeFile, launchBrowser, type AxeResult } from './browser.ts';

describe('the page of a night, in Chromium', function () {
  this.timeout(120_000);
  let folder: string;
  let browser: Browser;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-page-'));
    browser = await launchBrowser();
    const earlier = await write('earlier', { seed: 1, cells: 48, id: '20261121-031500-ab2d', startedAt: '2026-11-21T03:15:00.000Z' });
    await write('hostile', { seed: 3, cells: 48, hostile: true, newer: true }, earlier);
    const small = await write('small', { id: 'small', seed: 3, cells: 14, hostile: true, newer: true }, earlier);
    await nightsIndexWriter(join(folder, 'list')).write(small, () => undefined);
    await write('big', { seed: 5, cells: 300 }, earlier);
    await write('one', { seed: 4, cells: 1, green: true });
    await write('none', { seed: 4, cells: 0 });
    await write('stopped', { seed: 6, cells: 24, stopped: { code: 'no-disk-space', message: 'only 3 MiB are free' } });
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function write(name: string, options: Omit<FakeNightOptions, 'folder'>, before?: NightSummary): Promise<NightSummary> {
    const night = fakeNight({ ...options, folder: join(folder, name) });
    writeFakeArtefacts(night);
    const summary: NightSummary = { ...night.summary, ...(before ? { before: { id: before.night.id, startedAt: before.night.startedAt, results: before.results } } : {}) };
    await writeNightPages(summary, { allure: false });
    return summary;
  }

  /** Opens a page and fails the test on any error, blocked thing or request that is not a file. */
  async function withPage(path: string, use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
    const wrong: string[] = [];
    try {
      const page = await context.newPage();
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
      page.on('dialog', (dialog) => (wrong.push('dialog'), dialog.dismiss()));
      page.on('request', (request) => request.url().startsWith('file:') || request.url().startsWith('data:') || wrong.push(request.url()));
      await page.goto(pathToFileURL(join(folder, path)).href);
      await use(page);
      expect(wrong).to.deep.equal([]);
    } finally {
      await context.close();
    }
  }

  /** Looks until an expression is true in the page. The page's policy forbids eval, so that Playwright's own waiting on text cannot be used. */
  async function until(page: Page, expression: string): Promise<void> {
    for (let look = 0; look < 400; look += 1) {
      if (await page.evaluate(expression)) return;
      await page.waitForTimeout(25);
    }
    throw new Error(`never true: ${expression}`);
  }

  it('puts the verdict and the failures first', () =>
    withPage('hostile/index.html', async (page) => {
      expect(await page.locator('h1').textContent()).to.match(/failures of the product/);
      const order = await page.locator('main > section.block').evaluateAll((sections) => sections.map((section) => section.id));
      expect(order[0]).to.equal('failures');
      expect(order.indexOf('lab')).to.be.above(order.indexOf('matrix'));
      const outcomes = await page.locator('#failures .trouble').evaluateAll((groups) => groups.map((group) => group.className));
      expect(outcomes).to.not.be.empty;
      expect(outcomes.every((name) => name.includes('s-FAIL')), 'no fault of the lab among them').to.equal(true);
    }));

  it('shows for a failure what was expected, the kernel log, the wire decoded and the command', () =>
    withPage('hostile/index.html', async (page) => {
      const first = page.locator('#failures .trouble').first();
      expect(await first.locator('.comparison').first().isVisible()).to.equal(true);
      const wire = first.locator('details.evidence', { hasText: 'On the wire' }).first();
      await wire.locator('summary').click();
      expect(await wire.locator('tbody tr').count()).to.be.above(20);
      expect(await wire.locator('table').textContent()).to.contain('IPP successful-ok').and.to.contain('stall on bulk OUT after 3 transfers');
      expect(await first.locator('.command code').first().textContent()).to.match(/^\.\/hwlab run --image \S+ --device \S+ --suite \S+(?: --machine \S+)? --test /);
      expect(await first.locator('.hot').count()).to.be.above(0);
    }));

  it('keeps what guests and devices say text', () =>
    withPage('hostile/index.html', async (page) => {
      expect(await page.evaluate('window.hostile')).to.equal(undefined);
      expect(await page.locator('h1').count()).to.equal(1);
      expect(await page.locator('img:not(.screen), script:not(body > script), svg[onload], iframe').count()).to.equal(0);
      expect(await page.locator('main').textContent()).to.contain('<script>window.hostile = true</script>').and.to.contain('\\u202egnp.exe');
      const links = await page.locator('a').evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href') ?? ''));
      expect(links.filter((link) => !/^(#|\.\/|\.\.\/\.\.\/index|index|junit|allure)/.test(link))).to.deep.equal([]);
    }));

  it('its policy stops a script that got in all the same', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, 'hostile/index.html')).href);
    await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'window.hostile = true';
      document.body.append(script);
      const image = document.createElement('div');
      image.innerHTML = '<img src="data:," onerror="window.hostile = true">';
      document.body.append(image);`);
    await page.waitForTimeout(100);
    expect(await page.evaluate('window.hostile')).to.equal(undefined);
    await context.close();
  });

  it('filters by words and by trouble, and says how many are left', () =>
    withPage('hostile/index.html', async (page) => {
      const visibleRows = () => page.locator('.matrix tr.item:visible').count();
      const all = await visibleRows();
      await page.keyboard.press('/');
      await page.keyboard.type('arduino uno');
      await until(page, `[...document.querySelectorAll('.matrix tr.item')].filter((row) => !row.hidden).length === 1`);
      expect(await visibleRows()).to.equal(1).and.to.be.below(all);
      expect(await page.locator('#filter-said').textContent()).to.match(/^\d+ of \d+ shown$/);
      await page.keyboard.press('Escape');
      await until(page, `document.querySelector('#filter-said')?.textContent === ''`);
      expect(await visibleRows()).to.equal(all);
      const cells = await page.locator('.cell-details:visible').count();
      await page.locator('#filter-trouble').check();
      expect(await page.locator('.cell-details:visible').count()).to.be.below(cells).and.above(0);
      await page.locator('#filter-words').fill('no such thing anywhere');
      await until(page, `document.querySelector('#filter-said')?.textContent === 'Nothing matches the filter.'`);
    }));

  it('copies the command', () =>
    withPage(
      'hostile/index.html',
      async (page) => {
        const command = page.locator('#failures .command').first();
        await command.locator('button').click();
        await until(page, `document.querySelector('button.copy.done') !== null`);
        expect(await command.locator('button').textContent()).to.equal('Copied');
        expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(await command.locator('code').textContent());
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    ));

  it('switches the language and back', () =>
    withPage('hostile/index.html', async (page) => {
      await page.getByRole('link', { name: 'Русский' }).click();
      expect(await page.locator('html').getAttribute('lang')).to.equal('ru');
      expect(await page.locator('#failures h2').textContent()).to.match(/^Отказы/);
      expect(await page.locator('h1').textContent()).to.match(/^\d+ отказ(а|ов)? продукта/);
      await page.getByRole('link', { name: 'English' }).click();
      expect(await page.locator('html').getAttribute('lang')).to.equal('en');
    }));

  it('opens the cell that the matrix links to', () =>
    withPage('hostile/index.html', async (page) => {
      await page.locator('.matrix a.cell-inner').nth(3).click();
      await until(page, `document.querySelector(location.hash)?.open === true`);
      expect(await page.locator(`${new URL(page.url()).hash} .command`).isVisible()).to.equal(true);
    }));

  it('goes from failure to failure by key', () =>
    withPage('hostile/index.html', async (page) => {
      await page.keyboard.press('j');
      expect(await page.evaluate('document.activeElement.id')).to.equal('failure-1');
      await page.keyboard.press('j');
      expect(await page.evaluate('document.activeElement.id')).to.equal('failure-2');
      await page.keyboard.press('k');
      expect(await page.evaluate('document.activeElement.id')).to.equal('failure-1');
    }));

  it('reads without scripts: verdict, failures, evidence and commands, no dead button', () =>
    withPage(
      'hostile/index.html',
      async (page) => {
        expect(await page.locator('.filter, button.copy').evaluateAll((parts) => parts.filter((part) => part.checkVisibility()).length)).to.equal(0);
        expect(await page.locator('#failures .message').first().isVisible()).to.equal(true);
        await page.locator('#failures details.evidence summary').first().click();
        expect(await page.locator('#failures .command code').first().isVisible()).to.equal(true);
      },
      { javaScriptEnabled: false },
    ));

  for (const [name, pages] of [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { colorScheme: 'light', viewport: { width: 390, height: 800 } }],
  ] as const) {
    it(`axe finds nothing serious (${name})`, async () => {
      for (const path of ['small/index.html', 'one/index.ru.html', 'none/index.html', 'list/index.html']) {
        await withPage(
          path,
          async (page) => {
            await page.evaluate(`document.querySelectorAll('details').forEach((fold, index) => { fold.open = index < 12; })`);
            await page.evaluate(readFileSync(axeFile, 'utf8'));
            const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
            const told = found.violations.filter((violation) => violation.impact === 'serious' || violation.impact === 'critical').map((violation) => `${path} ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join('; ')}`);
            expect(told).to.deep.equal([]);
          },
          // axe is put in from outside, which the page's own policy forbids.
          { ...pages, bypassCSP: true },
        );
      }
    });
  }

  it('never scrolls sideways, from a phone to a wide screen', async () => {
    for (const path of ['hostile/index.html', 'hostile/index.ru.html', 'one/index.html', 'none/index.html', 'stopped/index.ru.html', 'big/index.html', 'list/index.ru.html']) {
      await withPage(path, async (page) => {
        for (const width of [320, 390, 768, 1280, 1920]) {
          await page.setViewportSize({ width, height: 800 });
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${path} at ${width}`).to.be.at.most(0);
        }
      });
    }
  });

  it('300 cells stay a page that opens: under 5 MB and ready in seconds', () =>
    withPage('big/index.html', async (page) => {
      expect(readFileSync(join(folder, 'big/index.html')).length).to.be.below(5 * 2 ** 20);
      const ready = await page.evaluate('performance.getEntriesByType("navigation")[0].duration');
      expect(ready).to.be.below(5000);
      expect(await page.locator('.matrix td.cell').count()).to.equal(300);
      expect(await page.locator('.cell-details').count()).to.equal(300);
    }));

  it('prints the failures and leaves out what only a screen needs', () =>
    withPage('hostile/index.html', async (page) => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.toolbar').isVisible()).to.equal(false);
      expect(await page.locator('button.copy').first().isVisible()).to.equal(false);
      expect(await page.locator('#failures .message').first().isVisible()).to.equal(true);
      expect((await page.pdf({ format: 'A4' })).length).to.be.above(10_000);
    }));
});
