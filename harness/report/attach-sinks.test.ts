import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { TypedEvents } from '../base/typed-events.ts';
import { attachReports, writeReports } from './attach-sinks.ts';
import { junitWriter } from './junit/junit-writer.ts';
import type { NightEvents } from './night-events.ts';
import { nightPageWriter } from './page/night-page-writer.ts';
import { nightsIndexWriter } from './page/nights-index-writer.ts';
import type { ReportWriter } from './report-writer.ts';
import { fakeNight, writeFakeArtefacts } from './testing/fake-night.ts';

describe('the reports of a night', () => {
  let reports: string;
  beforeEach(() => void (reports = mkdtempSync(join(tmpdir(), 'hwlab-reports-'))));
  afterEach(() => rmSync(reports, { recursive: true, force: true }));

  const files: readonly ReportWriter[] = [junitWriter, nightPageWriter, nightsIndexWriter()];
  const broken: ReportWriter = { kind: 'allure', write: () => Promise.reject(new Error('out of luck')) };

  it('are written when it ends and announced', async () => {
    const events = new TypedEvents<NightEvents>((error) => { throw error; });
    const told: string[] = [];
    attachReports(events, files);
    events.on('report-written', ({ report }) => void told.push(report.kind));
    const night = fakeNight({ seed: 1, cells: 4, folder: join(reports, 'nights/a'), id: 'a' });
    writeFakeArtefacts(night);
    await events.emit('night-finished', { summary: night.summary });
    expect(told).to.deep.equal(['junit', 'page', 'index']);
    for (const path of ['nights/a/junit.xml', 'nights/a/index.html', 'nights/a/index.ru.html', 'index.html', 'index.ru.html']) expect(existsSync(join(reports, path)), path).to.equal(true);
  });

  it('one that fails is a warning; the others are there, and the page has no link to it', async () => {
    const { summary } = fakeNight({ seed: 1, cells: 4, folder: join(reports, 'nights/a'), id: 'a' });
    const warnings: string[] = [];
    const written = await writeReports(summary, (message, advice) => void warnings.push(message, advice ?? ''), [broken, ...files]);
    expect(written.map((report) => report.kind)).to.deep.equal(['junit', 'page', 'index']);
    expect(warnings).to.deep.equal(['the allure report was not written: out of luck', 'the results are kept; try again with: ./hwlab report a']);
    expect(readFileSync(join(reports, 'nights/a/index.html'), 'utf8')).not.to.contain('allure/index.html');
  });

  it('the list of nights has all of them, newest first, and bears a broken card', async () => {
    for (const [id, day] of [['n1', '20'], ['n3', '22'], ['n2', '21']] as const) {
      const { summary } = fakeNight({ seed: 1, cells: 2, folder: join(reports, 'nights', id), id, startedAt: `2026-11-${day}T03:15:00.000Z` });
      await nightsIndexWriter().write(summary, () => undefined);
    }
    const page = readFileSync(join(reports, 'index.html'), 'utf8');
    expect([...page.matchAll(/href="\.\/nights\/(n\d)\/index\.html"/g)].map((match) => match[1])).to.deep.equal(['n3', 'n2', 'n1']);
    rmSync(join(reports, 'nights/n2/night-card.json'));
    const { summary } = fakeNight({ seed: 1, cells: 2, folder: join(reports, 'nights/n4'), id: 'n4' });
    await nightsIndexWriter().write(summary, () => undefined);
    expect(readFileSync(join(reports, 'index.html'), 'utf8')).to.contain('nights/n4/').and.not.to.contain('nights/n2/');
  });
});
