import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { projectRoot } from '../../harness/base/places.ts';
import { writeTracePage } from '../../harness/report/trace/write-trace-page.ts';
import { axeFile, launchBrowser } from './browser.ts';

/** What `./hwlab run --device arduino-uno-r3+board-no-dtr-reset --suite robotics --test avrdude` left on debian-12. */
const recorded = join(projectRoot, 'tests/integration/trace-page/cell');
const hostile = '</script><script>window.hostile=true</script><img src=x onerror="window.hostile=true">\u202e\u0000';

describe('the trace of a cell, in Chromium', function () {
  this.timeout(60_000);
  let folder: string;
  let browser: Browser;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-trace-page-'));
    await writeTracePage(recorded, undefined, join(folder, 'real.html'));
    await write('hostile', [
      { t: 1, kind: 'trace', schema: hostile, cell: hostile, attempt: 1 },
      { t: 2, kind: 'test', id: 'x', title: hostile, feature: hostile },
      { t: 3, kind: 'command', n: 1, command: hostile },
      { t: 4, kind: 'command-end', n: 1, code: 1, out: hostile, err: hostile },
      { t: 5, kind: 'test-end', id: 'x', outcome: hostile, said: hostile, expected: hostile, actual: hostile },
    ]);
    const many = Array.from({ length: 15_000 }, (_, n) => ({ t: 1000 + n, from: 'host', kind: 'control', endpoint: 128, meaning: `REQUEST ${n}`, status: n % 5000 === 4999 ? 'stall' : 'ok' }));
    await write('huge', [{ t: 1000, kind: 'trace', schema: 'hwlab/cell-trace/1', cell: 'huge', attempt: 1 }], many);
    await write('empty', []);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function write(name: string, story: readonly object[], wire: readonly object[] = []): Promise<void> {
    const cell = join(folder, name);
    mkdirSync(join(cell, 'a1'), { recursive: true });
    const lines = (all: readonly object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(cell, 'a1/trace.jsonl'), lines(story));
    writeFileSync(join(cell, 'a1/wire.jsonl'), lines(wire));
    await writeTracePage(cell, undefined, join(folder, `${name}.html`));
  }

  /** Opens a page and fails on any error, blocked thing, dialog, or request that is not the file itself. */
  async function withPage(name: string, use: (page: Page) => Promise<unknown>, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce', ...options });
    const wrong: string[] = [];
    try {
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
      page.on('dialog', (dialog) => (wrong.push('dialog'), dialog.dismiss()));
      page.on('request', (request) => request.url().startsWith(pathToFileURL(folder).href) || request.url().startsWith('data:') || wrong.push(request.url()));
      const [file = '', hash = ''] = name.split('#');
      await page.goto(`${pathToFileURL(join(folder, file)).href}${hash === '' ? '' : `#${hash}`}`);
      await use(page);
      expect(wrong).to.deep.equal([]);
    } finally {
      await context.close();
    }
  }
  const chosen = (page: Page) => page.locator('.row.chosen .text');
  const title = (page: Page) => page.locator('#details h2');

  it('shows a real cell: lanes, decoded requests, a command with its output, a failed assertion with both sides', () =>
    withPage('real.html', async (page) => {
      expect(await page.locator('.filters button').allTextContents()).to.deep.equal(['Phase 6', 'Test 3', 'Command 20', 'Assertion 4', 'Cable 153', 'Kernel log 6', 'Measured, kept 11']);
      await page.getByText('SET_LINE_CODING 9600 8N1').first().click();
      expect(await page.locator('.part-setup pre').textContent()).to.contain('host to device, class, interface');
      await page.keyboard.press('Escape');
      await page.keyboard.press('f');
      expect(await chosen(page).textContent()).to.contain('reads the signature of the chip');
      expect(await page.locator('.part-said pre').textContent()).to.contain('unable to open programmer');
      await page.keyboard.press('f');
      expect(await page.locator('.part-code pre').textContent()).to.equal('1');
      expect(await page.locator('.part-out pre').textContent()).to.contain('avrdude');
      await page.keyboard.press('f');
      expect([await page.locator('.pair .part-expected pre').textContent(), await page.locator('.part-at pre').textContent()].join(' ')).to.match(/^0 suites\/robotics\/\S+:\d+$/);
      await page.keyboard.press('Shift+F');
      expect(await page.locator('.part-code').count()).to.equal(1);
    }));

  it('searches in everything, goes from hit to hit, and says when there is none', () =>
    withPage('real.html', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('UNABLE TO OPEN programmer');
      expect(await page.locator('#hits').textContent()).to.match(/^\d+ found$/);
      const first = await title(page).textContent();
      expect(await page.locator('#details mark').first().textContent()).to.match(/unable to open programmer/i);
      await page.keyboard.press('Enter');
      expect(await title(page).textContent()).to.not.equal(first);
      await page.keyboard.press('Shift+Enter');
      expect(await title(page).textContent()).to.equal(first);
      await page.locator('#search').fill('no such thing anywhere');
      expect(await page.locator('#hits').textContent()).to.equal('nothing found');
    }));

  it('a link points at a moment, at an event, and at a test', async () => {
    await withPage('real.html#t=19.775', async (page) => expect(await chosen(page).textContent()).to.contain('timeout 20 sh'));
    await withPage('real.html#test=avrdude+writes+a+program+and+verifies+it%3B+the+flash+of+the+board+holds+exactly+that+program&lang=ru', async (page) => {
      expect(await chosen(page).textContent()).to.contain('verifies it');
      expect(await page.locator('.filters button').first().textContent()).to.equal('Этап 6');
      await page.keyboard.press('ArrowDown');
      const hash = new URL(page.url()).hash;
      expect(hash).to.match(/^#t=\d+\.\d{3}&e=\d+&lang=ru$/);
      const there = await title(page).textContent();
      await page.goto('about:blank');
      await page.goto(pathToFileURL(join(folder, 'real.html')).href + hash);
      expect(await title(page).textContent()).to.equal(there);
    });
    await withPage('real.html#t=NaN&e=-7&lang=xx&test=__proto__', async (page) => expect(await page.locator('.row').count()).to.be.above(5));
  });

  it('filters by lane and by trouble, and moves and zooms the time line by key and wheel', () =>
    withPage('real.html', async (page) => {
      const shown = async (): Promise<number> => Number((await page.locator('#count').textContent())?.split(' ')[0]);
      const all = await shown();
      await page.locator('[data-lane="wire"]').click();
      expect(await shown()).to.equal(all - 153);
      await page.locator('[data-lane="wire"]').click();
      await page.locator('#trouble').check();
      expect(await shown()).to.be.below(20).and.above(3);
      await page.locator('#trouble').uncheck();
      await page.locator('#in-window').check();
      await page.locator('#lines').hover({ position: { x: 700, y: 60 } });
      await page.mouse.wheel(0, -600);
      await page.mouse.wheel(0, -600);
      const zoomed = await shown();
      expect(zoomed).to.be.below(all);
      await page.locator('#rows').focus();
      await page.keyboard.press('0');
      expect(await shown()).to.equal(all);
      await page.keyboard.press('?');
      expect(await page.locator('#keys').isVisible()).to.equal(true);
      await page.keyboard.press('Escape');
      expect(await page.locator('#keys').isVisible()).to.equal(false);
    }));

  it('a click on the time line chooses what is there', () =>
    withPage('real.html', async (page) => {
      // The second lane is that of the tests.
      await page.locator('#lines').click({ position: { x: 420, y: 20 + 15 + 7 } });
      expect(await title(page).textContent()).to.contain('reads the signature');
    }));

  it('shows hostile text as text', () =>
    withPage('hostile.html', async (page) => {
      for (const key of ['j', 'j', 'j', 'f', 'Escape']) await page.keyboard.press(key);
      await page.keyboard.press('/');
      await page.keyboard.type('<img');
      expect(await page.locator('#hits').textContent()).to.equal('2 found');
      expect(await page.locator('#app img, #app script').count()).to.equal(0);
      expect(await page.evaluate('window.hostile')).to.equal(undefined);
      expect(await page.locator('#details').textContent()).to.contain('onerror').and.to.contain('\\u202e');
    }));

  it('keeps only rows that can be seen in the page, of 15,000', () =>
    withPage('huge.html', async (page) => {
      expect(await page.locator('#count').textContent()).to.equal('15000 of 15000 events');
      expect(await page.locator('.row').count()).to.be.below(60);
      await page.keyboard.press('End');
      expect(await chosen(page).textContent()).to.contain('REQUEST 14999');
      await page.keyboard.press('Shift+F');
      expect(await chosen(page).textContent()).to.contain('REQUEST 9999');
      expect(await page.locator('.row').count()).to.be.below(60);
    }));

  it('says that a cell left nothing, and why', () =>
    withPage('empty.html#lang=ru', async (page) => {
      expect(await page.locator('.nothing').textContent()).to.equal('Эта ячейка не оставила ни одного события.');
    }));

  it('never scrolls sideways, from a phone to a wide screen', () =>
    withPage('real.html#lang=ru', async (page) => {
      for (const width of [320, 390, 768, 1280, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${width}`).to.be.at.most(0);
      }
    }));

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`axe finds nothing serious (${colorScheme})`, () =>
      withPage(
        'real.html#t=6.2',
        async (page) => {
          await page.evaluate(readFileSync(axeFile, 'utf8'));
          const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as { readonly violations: readonly { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly failureSummary: string; readonly target: readonly string[] }[] }[] };
          const told = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.slice(0, 2).map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join('; ')}`);
          expect(told).to.deep.equal([]);
        },
        { colorScheme, bypassCSP: true },
      ));
  }
});
