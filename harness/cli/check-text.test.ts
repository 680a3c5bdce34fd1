import { expect } from 'chai';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assessmentLines } from './check-text.ts';
import { canonicalJson } from '../db/canonical-json.ts';
import { checkDevice } from '../db/check-device.ts';
import { quirkLine } from './explain-text.ts';
import { openDatabase } from '../db/database.ts';
import { exampleResult, exampleTest } from '../db/example-result.ts';
import type { Device } from '../db/generated/device.ts';
import type { Result } from '../db/generated/result.ts';

const now = new Date('2026-11-25T12:00:00Z');
const laser: Device = { id: 'acme-laser', vendor: 'ACME', name: 'Laser 1', aliases: ['L1'], classes: ['printer'], usb: [] };

describe('checkDevice', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-check-'));
    mkdirSync(join(folder, 'devices'));
    mkdirSync(join(folder, 'images'));
    writeDevice(laser);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function writeDevice(device: Device): void {
    writeFileSync(join(folder, 'devices', `${device.id}.json`), canonicalJson(device));
  }

  /** One night each, a day apart, from 22 November on. The suite has no profile: requirements are those of the results. */
  async function nights(...changes: readonly Parameters<typeof exampleResult>[0][]): Promise<void> {
    const { results } = await openDatabase(folder);
    for (const [index, change = {}] of changes.entries()) {
      const night = `202611${22 + index}-010101-aaaa`;
      const at = `2026-11-${22 + index}T01:01:01.000Z`;
      const result: Result = exampleResult({ night, id: `${night}-0001`, startedAt: at, finishedAt: at, ...change, cell: { suite: 'printers-x', ...change.cell } });
      for (const test of result.tests) for (const attempt of test.attempts) attempt.startedAt = at;
      await results.append(result);
    }
    await results.close();
  }

  async function answer(language: 'en' | 'ru' = 'en'): Promise<string> {
    const { assessments } = await checkDevice(await openDatabase(folder), 'l1', { now });
    return assessments.flatMap((assessment) => assessmentLines(laser, assessment, language)).join('\n');
  }

  it('says of emulated evidence exactly that it is expected and not tested on a real device', async () => {
    await nights({}, { tests: [exampleTest('printing.raw', 'PASS'), { ...exampleTest('printing.duplex', 'SKIP'), id: 'd', title: 'both sides' }] });
    expect(await answer()).to.equal(
      [
        'debian-12: Expected to work, not tested by us on a real device',
        '  On debian-12 we expect the ACME Laser 1 to work, but have not tested it on a real device. With an emulated device 1 of 1 tests passed, last on 23 November 2026.',
        '  evidence E2, an emulated device; tested on 2 nights, 2026-11-22 to 2026-11-23; up to date',
        '  1 passed, 0 failed, 1 skipped',
        '    skipped: both sides [printing.duplex, required]: a feeder',
        '  + passed: a page arrives [printing.raw, required]',
      ].join('\n'),
    );
    expect(await answer('ru')).to.contain('debian-12: Должно работать, на настоящем устройстве нами не проверено\n');
  });

  it('says of a device with quirks nothing in its headline, its dates and its flakes, and shows it apart', async () => {
    const late = { cell: { personalities: ['late', 'mute'] as [string, ...string[]] }, tests: [exampleTest('printing.raw', 'FAIL'), { ...exampleTest('printing.two', 'PASS'), id: 't' }] };
    await nights({}, {}, late, late, late);
    expect(await answer()).to.equal(
      [
        'debian-12: Expected to work, not tested by us on a real device',
        '  On debian-12 we expect the ACME Laser 1 to work, but have not tested it on a real device. With an emulated device 1 of 1 tests passed, last on 23 November 2026.',
        '  evidence E2, an emulated device; tested on 2 nights, 2026-11-22 to 2026-11-23; up to date',
        '  1 passed, 0 failed, 0 skipped',
        '  + passed: a page arrives [printing.raw, required]',
      ].join('\n'),
    );
    const { quirks, assessments } = await checkDevice(await openDatabase(folder), 'l1', { now });
    expect(quirks.map(quirkLine)).to.deep.equal(['  with personalities late+mute: 1 of 2 features work; broken: printing.raw; 3 nights, last 2026-11-26']);
    expect(assessments[0]?.nights).to.equal(2);
  });

  it('says Not tested when there are results with quirks only', async () => {
    await nights({ cell: { personalities: ['late'] } });
    expect(await answer()).to.match(/debian-12: Not tested/);
  });

  it('keeps emulated evidence below Works even if the result claims more', async () => {
    await nights({ evidence: 'E4' });
    expect(await answer()).to.contain('debian-12: Expected to work, not tested by us on a real device');
  });

  it('says Works of a real device, and since when it does not', async () => {
    const real = { evidence: 'E4', cell: { attachment: 'wired' } } as const;
    await nights(real);
    expect(await answer()).to.contain('debian-12: Works\n  On debian-12 the ACME Laser 1 works. With a real device 1 of 1');
    const broken = { ...real, outcome: 'FAIL', tests: [exampleTest('printing.raw', 'FAIL', 'FAIL')] } as const;
    await nights2(broken);
    expect(await answer()).to.contain('debian-12: Does not work').and.to.contain('- FAILED: a page arrives [printing.raw, required]: expected 2 pages to equal 3 (since 2026-11-24; last pass 2026-11-22)');
  });

  async function nights2(change: Omit<Parameters<typeof exampleResult>[0] & object, 'tests'> & { readonly tests: readonly Result['tests'][number][] }): Promise<void> {
    const { results } = await openDatabase(folder);
    const night = '20261124-010101-bbbb';
    const tests = change.tests.map((test) => ({ ...test, attempts: test.attempts.map((attempt) => ({ ...attempt, startedAt: '2026-11-24T01:01:01.000Z' })) as typeof test.attempts }));
    await results.append(exampleResult({ ...change, night, id: `${night}-0001`, startedAt: '2026-11-24T01:01:01.000Z', tests, cell: { suite: 'printers-x', ...change.cell } }));
    await results.close();
  }

  it('does not let an emulated failure flip a real pass, but says that it is contested', async () => {
    await nights({ evidence: 'E4', cell: { attachment: 'wired' } }, { outcome: 'FAIL', tests: [exampleTest('printing.raw', 'FAIL', 'FAIL')] });
    expect(await answer()).to.contain('debian-12: Works').and.to.contain('contested');
  });

  it('goes a step down when the kernel series of the image has changed since', async () => {
    const environment = exampleResult().environment;
    await nights({}, { cell: { device: 'other' }, environment: { ...environment, kernel: '6.12.1' } });
    expect(await answer()).to.contain('debian-12: Not tested\n').and.to.contain('when it was tested: Expected to work').and.to.contain('stale');
  });

  it('says Not tested when only the lab failed, or one of two classes was never tried', async () => {
    await nights({ outcome: 'MISS', tests: [exampleTest('printing.raw', 'MISS')] });
    expect(await answer()).to.contain('debian-12: Not tested').and.to.contain('1 without a result');
    writeDevice({ ...laser, classes: ['printer', 'scanner'] });
    await nights2({ tests: [exampleTest('printing.raw', 'PASS')] });
    expect(await answer()).to.contain('debian-12: Not tested');
  });

  it('says Not tested when no run of the suite came to its end, and only incomplete when the profile gained a feature', async () => {
    const suite = { cell: { suite: 'printers' } };
    await nights({ ...suite, outcome: 'MISS' });
    expect(await answer()).to.contain('debian-12: Not tested');
    await nights2({ ...suite, tests: [exampleTest('printing.raw', 'PASS')] });
    expect(await answer()).to.contain('debian-12: Expected to work').and.to.contain('incomplete').and.to.contain('has never been tested');
  });

  it('does not blame the product for a test that is flaky on three unrelated devices', async () => {
    const flaky = { tests: [exampleTest('printing.raw', 'FAIL', 'PASS'), exampleTest('printing.list', 'PASS')] };
    writeDevice({ ...laser, id: 'b', vendor: 'B', name: 'B', aliases: [] });
    await nights(flaky, { ...flaky, cell: { device: 'b' } });
    expect(await answer()).to.contain('suspect').and.to.contain('(passed when tried again)');
    await nights2({ tests: flaky.tests, cell: { device: 'c' } });
    expect(await answer()).to.contain('so by the fault of the test');
    expect(await answer()).to.not.contain('suspect');
  });

  it('forgets a test that is no longer in the suite', async () => {
    await nights({ outcome: 'FAIL', tests: [exampleTest('printing.raw', 'PASS'), { ...exampleTest('printing.old', 'FAIL', 'FAIL'), id: 'old' }] }, {});
    expect(await answer()).to.contain('Expected to work').and.to.not.contain('printing.old');
  });

  it('tells corrupt lines and goes on', async () => {
    await nights({});
    appendFileSync(join(folder, 'results/2026-11/20261122-010101-aaaa.jsonl'), 'rubbish\n');
    const { badLines, assessments } = await checkDevice(await openDatabase(folder), 'ACME Laser 1', { now });
    expect(badLines).to.have.length(1);
    expect(assessments[0]?.headline).to.equal('expected-to-work');
  });

  it('names near models and images', async () => {
    await nights({});
    const database = await openDatabase(folder);
    const message = async (asked: string, image?: string): Promise<string> =>
      await checkDevice(database, asked, { now, ...(image === undefined ? {} : { image }) }).then(
        () => 'found',
        (error: unknown) => String(error),
      );
    expect(await message('ACME Lasr 1')).to.contain('did you mean "ACME Laser 1"');
    expect(await message('L1', 'debain-12')).to.contain('did you mean "debian-12"');
    expect(await message('L1', 'debian-12')).to.equal('found');
  });
});
