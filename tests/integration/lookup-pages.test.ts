import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openDatabase } from '../../harness/db/database.ts';
import { openLookup } from '../../harness/db/index/open-lookup.ts';
import { writeExampleDatabase } from '../../harness/db/testing/example-database.ts';
import type { RunningServer } from '../../harness/web/server/http-server.ts';
import { serveSite } from '../../harness/web/server/serve-site.ts';
import { writeSite } from '../../harness/web/site/write-site.ts';
import { axeFile, launchBrowser, type AxeResult } from './browser.ts';

describe('the lookup pages, in Chromium', function () {
  this.timeout(180_000);
  let folder: string;
  let kept: string | undefined;
  let browser: Browser;
  let server: RunningServer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-lookup-'));
    kept = process.env['HWLAB_INDEX'];
    process.env['HWLAB_INDEX'] = join(folder, 'index');
    const database = await openDatabase(writeExampleDatabase(join(folder, 'db')));
    writeLists(database.folder);
    server = await serveSite({ database, host: '127.0.0.1', port: 0, publicUrl: 'https://hw.example.org', token: undefined, log: () => undefined });
    const source = await openLookup(database, { now: new Date() });
    await writeSite(source, { folder: join(folder, 'site'), publicUrl: undefined, release: undefined, now: new Date() });
    source.close();
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    if (kept === undefined) delete process.env['HWLAB_INDEX'];
    else process.env['HWLAB_INDEX'] = kept;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a page and fails on any error, blocked thing, or request to anywhere else. */
  async function withPage(address: string, use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
    const wrong: string[] = [];
    try {
      const page = await context.newPage();
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => message.type() === 'error' && !/status of 4/.test(message.text()) && !/data\/[scp]\//.test(message.location().url) && wrong.push(message.text()));
      page.on('dialog', (dialog) => (wrong.push('dialog'), dialog.dismiss()));
      page.on('request', (request) => request.url().startsWith(server.address) || /^(?:file|data):/.test(request.url()) || wrong.push(request.url()));
      await page.goto(address.startsWith('file:') ? address : `${server.address}${address}`);
      await use(page);
      expect(wrong).to.deep.equal([]);
    } finally {
      await context.close();
    }
  }

  /** Looks until an expression is true in the page; its policy forbids what Playwright would wait with. */
  async function until(page: Page, expression: string): Promise<void> {
    for (let look = 0; look < 400; look += 1) {
      // A page that is just being left cannot be asked; the one that comes can.
      const holds: unknown = await page.evaluate(expression).catch((error: unknown) => {
        if (/Execution context was destroyed|Cannot find context|reading 'textContent'/.test(String(error))) return false;
        throw error;
      });
      if (holds === true) return;
      await page.waitForTimeout(25);
    }
    throw new Error(`never true: ${expression}`);
  }

  const shownDevices = (count: number): string => `document.querySelectorAll('.hits tbody tr').length === ${count}`;
  const copy = (path: string): string => pathToFileURL(join(folder, 'site', path)).href;

  const searches: readonly (readonly [string, () => string])[] = [
    ['served', () => '/ru/'],
    ['a copy from files', () => copy('ru/index.html')],
  ];
  for (const [what, address] of searches) {
    it(`shows what only public lists know below the devices of the lab, and never as a result: ${what}`, () =>
      withPage(address(), async (page) => {
        expect(await page.locator('.listed-hits').isVisible()).to.equal(false);
        await page.locator('#q').pressSequentially('lide');
        await until(page, `document.querySelectorAll('.listed-hits li').length === 1`);
        expect(await page.locator('.listed-hits').textContent()).to.contain('Canon CanoScan LiDE 35').and.to.contain('должно работать');
        expect(await page.locator('.hits tbody tr').count(), 'devices of the lab').to.equal(0);
        await page.locator('.listed-hits a').click();
        expect(await page.locator('h1').textContent()).to.equal('Canon CanoScan LiDE 35');
        expect(await page.locator('.listed').textContent()).to.contain('Мы это устройство не проверяли').and.to.contain('SANE 1.2').and.to.contain('GPL-2.0');
        expect(await page.locator('.card').count(), 'a verdict of ours').to.equal(0);
      }));

    it(`finds as it is typed and by filters: ${what}`, () =>
      withPage(address(), async (page) => {
        const all = await page.locator('.hits tbody tr').count();
        await page.locator('#q').pressSequentially('киос');
        await until(page, shownDevices(1));
        expect(await page.locator('.hits tbody tr').textContent()).to.contain('Kyocera ECOSYS M2040dn').and.to.contain('Работает с ограничениями');
        expect(await page.locator('#said').textContent()).to.equal('Найдено: 1');
        await page.locator('#q').fill('такого нет нигде');
        await until(page, `!document.querySelector('.none').hidden`);
        expect(await page.locator('.none').textContent()).to.contain('Это не значит, что устройство не работает');
        await page.locator('#q').fill('');
        await until(page, shownDevices(all));
        await page.locator('select[name=image]').selectOption('school-13');
        await page.locator('select[name=headline]').selectOption('does-not-work');
        await until(page, shownDevices(1));
        expect(await page.locator('.hits tbody th').textContent()).to.contain('LBP2900');
        await page.locator('.hits tbody a').first().click();
        expect(await page.locator('h1').textContent()).to.equal('Canon i-SENSYS LBP2900');
      }));

    it(`says of what the lab made up that it is no product, in a row of the search: ${what}`, () =>
      withPage(address(), async (page) => {
        await page.locator('#q').fill('Made-up stick');
        await until(page, shownDevices(1));
        expect(await page.locator('.hits tbody th .kind').textContent()).to.equal('USB-накопитель, не товар');
        await page.locator('#q').fill('Kyocera');
        await until(page, `${shownDevices(1)} && !document.querySelector('.hits tbody th').textContent.includes('stick')`);
        expect(await page.locator('.hits tbody th .kind').textContent()).not.to.contain('не товар');
      }));

    it(`compares what was ticked: ${what}`, () =>
      withPage(address(), async (page) => {
        for (const name of ['Kyocera', 'HP', 'Canon']) await page.locator('tr', { hasText: name }).locator('input').check();
        await page.locator('.compare-button').click();
        await until(page, `document.querySelectorAll('table.compare thead th').length === 4`);
        expect(await page.locator('table.compare').textContent()).to.contain('Сертифицировано').and.to.contain('Не работает');
      }));
  }

  it('is searched and read without a script', () =>
    withPage(
      '/en/',
      async (page) => {
        await page.locator('#q').fill('m2040');
        await page.keyboard.press('Enter');
        await page.waitForURL(/q=m2040/);
        expect(await page.locator('.hits tbody tr').count()).to.equal(1);
        await page.locator('.hits tbody th a').click();
        expect(await page.locator('.card h2').textContent()).to.contain('Works with limits');
      },
      { javaScriptEnabled: false },
    ));

  it('says for a device what, why, limits, what to install, evidence, history and alternatives', () =>
    withPage('/ru/d/kyocera-ecosys-m2040dn', async (page) => {
      expect(await page.locator('.releases li').count()).to.equal(3);
      expect(await page.locator('.list-limits').textContent()).to.contain('Занятый сканер: работает после настройки');
      expect(await page.locator('.list-needs').textContent()).to.contain('Установить пакет kyocera-sane');
      expect(await page.locator('.facts').textContent()).to.contain('31 марта 2027').and.to.contain('E4');
      expect(await page.locator('.features tbody tr').count()).to.be.above(10);
      expect(await page.locator('.evidence tbody tr').count()).to.be.above(0);
      expect(await page.locator('.alternatives li').first().textContent()).to.contain('HP LaserJet 1320').and.to.contain('Сертифицировано');
    }));

  it('shows a report that a person read on the page and the statement, apart from the answer, in both languages, also in a copy', async () => {
    for (const [address, says] of [
      ['/ru/d/hp-laserjet-1320', 'источник прочитан: A. Ivanova'],
      ['/en/c/hp-laserjet-1320/school-13', 'source read by A. Ivanova'],
      [copy('en/d/hp-laserjet-1320.html'), 'source read by A. Ivanova'],
      [copy('ru/c/hp-laserjet-1320/school-13.html'), 'источник прочитан: A. Ivanova'],
    ] as const) {
      await withPage(address, async (page) => void expect(await page.locator('.listed').textContent(), address).to.contain(says));
    }
  });

  it('prints a statement on one sheet with number, hashes and a code that a camera reads', () =>
    withPage('/en/c/hp-laserjet-1320/school-13', async (page) => {
      const text = (await page.locator('.sheet').textContent()) ?? '';
      expect(text).to.contain('Certificate of compatibility').and.to.match(/HWL-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/).and.to.contain('a'.repeat(64)).and.to.contain('https://hw.example.org/en/c/hp-laserjet-1320/school-13');
      expect(await page.locator('.qr-code').getAttribute('aria-label')).to.contain('https://hw.example.org/en/c/hp-laserjet-1320/school-13');
      const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
      expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).to.have.length(1);
    }));

  it('checks an uploaded list and hands it back as files', () =>
    withPage('/ru/tender', async (page) => {
      await page.locator('#list').setInputFiles({ name: 'закупка.csv', mimeType: 'text/csv', buffer: Buffer.from('Наименование;Количество\nHP LaserJet 1320;3\nCanon i-SENSYS LBP2900;2\nнечто неизвестное вовсе;1\n') });
      await page.locator('.upload button').click();
      expect(await page.locator('.list tbody tr').count()).to.equal(3);
      expect(await page.locator('.list').textContent()).to.contain('HP LaserJet 1320');
      expect(await page.locator('a[download$=".xlsx"]').getAttribute('href')).to.match(/^data:application\/vnd\.openxmlformats/);
    }));

  it('shows "not tested" and "does not work" in nothing alike', () =>
    withPage('/ru/?q=canon', async (page) => {
      const looks = (await page.evaluate(`[...document.querySelectorAll('.hits .marked')].map((mark) => [mark.textContent, getComputedStyle(mark).color, mark.querySelector('use').getAttribute('href')])`)) as readonly (readonly string[])[];
      const [untested, broken] = [looks.find(([text]) => text?.includes('Не проверено')), looks.find(([text]) => text?.includes('Не работает'))];
      expect(untested?.[1]).to.be.a('string').and.not.equal(broken?.[1]);
      expect(untested?.[2]).to.equal('#m-not-tested').and.not.equal(broken?.[2]);
    }));

  it('keeps hostile names text, and its policy stops a script that got in all the same', () =>
    withPage('/ru/d/hostile-device', async (page) => {
      expect(await page.locator('h1').textContent()).to.contain('<script>window.hostile = true</script>');
      expect(await page.evaluate('window.hostile')).to.equal(undefined);
      await page.goto(`${server.address}/ru/`);
      await page.locator('#q').fill('evil');
      await until(page, shownDevices(1));
      expect(await page.evaluate('window.hostile')).to.equal(undefined);
    }));

  describe('accessibility and width', () => {
    const pages = ['/ru/', '/en/', '/ru/?q=nothing-like-it-anywhere', '/ru/d/kyocera-ecosys-m2040dn', '/en/d/canon-lbp2900', '/ru/d/ricoh-sp-111', '/ru/p/canon-canoscan-lide-35', '/ru/c/hp-laserjet-1320/school-13', '/en/c/canon-lbp2900/school-13', '/ru/compare?id=kyocera-ecosys-m2040dn&id=hp-laserjet-1320', '/en/compare', '/ru/tender', '/en/about', '/ru/nothing'];
    for (const path of pages) {
      it(`${path}: axe finds nothing serious, light and dark`, async () => {
        for (const colorScheme of ['light', 'dark'] as const) {
          const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme, reducedMotion: 'reduce', bypassCSP: true });
          const page = await context.newPage();
          await page.goto(`${server.address}${path}`);
          await page.addScriptTag({ path: axeFile });
          const { violations } = (await page.evaluate('axe.run()')) as AxeResult;
          const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0]?.target.join(' ')} ${nodes[0]?.failureSummary}`);
          await context.close();
          expect(serious).to.deep.equal([]);
        }
      });

      it(`${path}: no wider than a phone`, () =>
        withPage(
          path,
          async (page) => {
            expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(360);
          },
          { viewport: { width: 360, height: 740 } },
        ));
    }

    it('is used with the keyboard alone', () =>
      withPage('/ru/', async (page) => {
        await page.locator('body').click({ position: { x: 5, y: 500 } });
        await page.keyboard.press('/');
        await page.keyboard.type('canon');
        await until(page, shownDevices(1));
        for (let press = 0; press < 12; press += 1) {
          await page.keyboard.press('Tab');
          if (await page.evaluate(`document.activeElement.matches('.hits tbody th a')`)) break;
        }
        await page.keyboard.press('Enter');
        await until(page, `document.querySelector('h1').textContent.includes('LBP2900')`);
      }));
  });
});

/** What was imported of a public list, what the lab made up, and a report that a person read, beside the devices of the example. */
function writeLists(database: string): void {
  const stick = { id: 'hwlab-stick', vendor: 'hwlab', name: 'Made-up stick', aliases: [], classes: ['storage'], usb: [], invented: 'for what a stick does to a machine', origin: [{ what: 'made for this test', source: 'tests/integration/lookup-pages.test.ts' }] };
  writeFileSync(join(database, 'devices/hwlab-stick.json'), JSON.stringify(stick));
  mkdirSync(join(database, 'imported'));
  mkdirSync(join(database, 'reviews'));
  const fact = { source: { kind: 'sane-desc', name: 'SANE 1.2', date: '2025-03-01', licence: 'GPL-2.0', importedAt: '2026-11-22T00:00:00Z', at: 'plustek.desc:1' }, evidence: 'E1', device: { vendor: 'Canon', name: 'CanoScan LiDE 35', usb: ['04a9:2213'], classes: ['scanner'] }, claim: { says: 'works' } };
  writeFileSync(join(database, 'imported/sane-desc.jsonl'), `${JSON.stringify(fact)}\n`);
  const review = { id: 'hp-laserjet-1320-2026-11-22', vendor: 'HP', name: 'LaserJet 1320', says: 'works', text: 'prints on both sides', reviewer: 'A. Ivanova', reviewedAt: '2026-11-22', source: { name: 'a wiki', url: 'https://wiki.example.org/1320', date: '2026-05-04', licence: 'CC BY-SA 4.0' } };
  writeFileSync(join(database, 'reviews/hp-laserjet-1320-2026-11-22.json'), JSON.stringify(review));
}
