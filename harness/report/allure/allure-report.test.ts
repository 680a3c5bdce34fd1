import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fakeNight } from '../testing/fake-night.ts';
import { allureWriter } from './allure-report.ts';
import { writeAllureInputs } from './allure-inputs.ts';
import { writeMissingCells } from './allure-missing-cells.ts';
import { alignAllureOutcomes } from './allure-outcomes.ts';

interface Stored {
  readonly fullName: string;
  readonly status: string;
  readonly statusDetails: { readonly message: string; readonly trace: string };
}

describe('the inputs of Allure', () => {
  let nights: string;
  beforeEach(() => void (nights = mkdtempSync(join(tmpdir(), 'hwlab-allure-'))));
  afterEach(() => rmSync(nights, { recursive: true, force: true }));

  const stored = (folder: string): Stored[] =>
    readdirSync(join(folder, 'allure-results'))
      .filter((name) => name.endsWith('-result.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, 'allure-results', name), 'utf8')) as Stored);

  it('cells that never reached mocha get a result, once', async () => {
    const { summary } = fakeNight({ seed: 2, cells: 40, folder: join(nights, 'now') });
    const missed = summary.results.filter((result) => result.outcome === 'MISS' && result.tests.length === 0);
    expect(await writeMissingCells(summary)).to.equal(missed.length).and.to.be.above(2);
    await writeMissingCells(summary);
    const results = stored(summary.night.folder);
    expect(results.map((result) => result.fullName)).to.have.members(missed.map((result) => result.cell.id));
    expect(results.every((result) => result.status === 'broken' && result.statusDetails.message.startsWith('MISS ') && result.statusDetails.trace.includes('./hwlab run --image'))).to.equal(true);
  });

  it('cells of a night that stopped are there with the reason', async () => {
    const { summary } = fakeNight({ seed: 2, cells: 10, green: true, folder: join(nights, 'now'), stopped: { code: 'no-disk-space', message: 'only 3 MiB are free' } });
    expect(await writeMissingCells(summary)).to.equal(5);
    expect(stored(summary.night.folder)[0]?.statusDetails.message).to.equal('MISS no-disk-space: only 3 MiB are free');
  });

  it('statuses follow the outcomes of the database', async () => {
    const { summary } = fakeNight({ seed: 5, cells: 60, folder: join(nights, 'now') });
    const folder = join(summary.night.folder, 'allure-results');
    mkdirSync(folder, { recursive: true });
    const expected = new Map<string, string>();
    for (const { cell, tests } of summary.results) {
      for (const test of tests) {
        for (const attempt of test.attempts) {
          const name = `${expected.size}-result.json`;
          expected.set(name, { PASS: 'passed', DONE: 'passed', FAIL: 'failed', ERROR: 'broken', MISS: 'broken', SKIP: 'skipped' }[attempt.outcome]);
          const status = attempt.failure ? 'broken' : 'passed';
          writeFileSync(join(folder, name), JSON.stringify({ historyId: `${cell.id}/${test.id}`, status, statusDetails: { message: attempt.failure?.message }, labels: [{ name: 'tag', value: 'required' }, { name: 'tag', value: `attempt ${attempt.attempt}` }], kept: true }));
        }
      }
    }
    writeFileSync(join(folder, 'broken-result.json'), '{"historyId": ');
    expect(await alignAllureOutcomes(summary)).to.be.above(5);
    for (const [name, status] of expected) expect(JSON.parse(readFileSync(join(folder, name), 'utf8')), name).to.include({ status, kept: true });
    expect(await alignAllureOutcomes(summary), 'the second time').to.equal(0);
  });

  it('environment.properties is escaped, categories and executor are there, history comes from the night before', async () => {
    const before = fakeNight({ seed: 1, cells: 2, folder: join(nights, 'earlier'), id: '20261121-031500-abcd' }).summary;
    mkdirSync(join(nights, before.night.id, 'allure/history'), { recursive: true });
    writeFileSync(join(nights, before.night.id, 'allure/history/history.json'), '{"x":1}');
    const { summary } = fakeNight({ seed: 2, cells: 3, folder: join(nights, 'now') });
    await writeAllureInputs({ ...summary, night: { ...summary.night, plan: 'a=b\nИ' }, before: { id: before.night.id, startedAt: before.night.startedAt, results: before.results } });
    const folder = join(nights, 'now', 'allure-results');
    const properties = readFileSync(join(folder, 'environment.properties'), 'utf8');
    expect(properties).to.contain('Plan=a=b \\u0418\n').and.to.match(/^Kernel\\ of\\ debian-12\.8=6\.12\.6-1$/m);
    expect(JSON.parse(readFileSync(join(folder, 'categories.json'), 'utf8'))).to.have.length(4);
    expect(JSON.parse(readFileSync(join(folder, 'executor.json'), 'utf8'))).to.include({ name: 'hwlab' });
    expect(readFileSync(join(folder, 'history/history.json'), 'utf8')).to.equal('{"x":1}');
  });

  it('no Java: a warning that says what to install, and no report', async () => {
    const { summary } = fakeNight({ seed: 2, cells: 3, folder: join(nights, 'now') });
    const warnings: (string | undefined)[] = [];
    const path = await allureWriter({ java: join(nights, 'no-java-here'), cache: nights }).write(summary, (message, advice) => warnings.push(message, advice));
    expect(path).to.equal(undefined);
    expect(warnings.join('\n')).to.contain('needs a Java runtime').and.to.contain('default-jre-headless');
  });
});
