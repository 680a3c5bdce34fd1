import { expect } from 'chai';
import { exampleResult, exampleTest } from '../example-result.ts';
import type { Device } from '../generated/device.ts';
import type { Outcome, Result } from '../generated/result.ts';
import { assessDevice, type AssessedFeature } from './assess-device.ts';
import { ImageHistory } from './test-history.ts';

/** A run on a day of November, on a machine, with the outcome of each named test twice over, so that a fail is confirmed. */
function run(day: number, machine: string, evidence: Result['evidence'], outcomes: Readonly<Record<string, Outcome>>): Result {
  const at = `2026-11-${String(day).padStart(2, '0')}T03:15:00.000Z`;
  const tests = Object.entries(outcomes).map(([id, outcome]) => {
    const test = { ...exampleTest('printing.raw', outcome, outcome), id, title: id };
    for (const attempt of test.attempts) attempt.startedAt = at;
    return test;
  });
  const night = `202611${String(day).padStart(2, '0')}-031500-abcd`;
  return exampleResult({ night, id: `${night}-${machine}`, startedAt: at, evidence, cell: { machine, attachment: evidence === 'E4' ? 'wired' : 'emulated' }, tests });
}

function feature(...results: readonly Result[]): AssessedFeature | undefined {
  const history = new ImageHistory(() => false);
  for (const result of results) history.add(result);
  const device: Device = { id: 'acme-laser', vendor: 'Acme', name: 'Laser', aliases: [], classes: ['printer'], usb: [] };
  return assessDevice({ device, image: 'debian-12', history, profiles: new Map(), current: undefined, faultOf: () => undefined, newerPointReleases: 0, retired: false, now: new Date('2026-11-23T12:00:00Z') }).features[0];
}

describe('assessDevice', () => {
  for (const machines of [['pc', 'laptop'], ['laptop', 'pc']] as const) {
    it(`lets the worst unit decide, and remembers that they disagree (${machines.join(', ')})`, () => {
      const found = feature(run(1, machines[0], 'E4', { a: machines[0] === 'pc' ? 'PASS' : 'FAIL' }), run(1, machines[1], 'E4', { a: machines[1] === 'pc' ? 'PASS' : 'FAIL' }));
      expect(found).to.deep.include({ level: 'E4', unitsDisagree: true });
      expect(found?.verdict).to.include({ verdict: 'broken' });
    });
  }

  it('does not call a unit limited that another one fails on: each is judged by itself', () => {
    expect(feature(run(1, 'pc', 'E4', { a: 'PASS', b: 'FAIL' }))?.verdict.verdict).to.equal('limited');
    expect(feature(run(1, 'pc', 'E4', { a: 'PASS' }), run(1, 'laptop', 'E4', { a: 'PASS', b: 'PASS' }))).to.deep.include({ unitsDisagree: false });
  });

  it('is contested by lower evidence that is newer than the newest of its own, and by none that is older', () => {
    const own = [run(1, 'pc', 'E4', { a: 'PASS' }), run(3, 'laptop', 'E4', { a: 'PASS' })];
    expect(feature(...own, run(2, 'vm', 'E2', { a: 'FAIL' }))).to.deep.include({ level: 'E4', contested: false });
    expect(feature(...own, run(4, 'vm', 'E2', { a: 'FAIL' }))).to.deep.include({ level: 'E4', contested: true });
  });

  it('shows of a test the newest scored runs only', () => {
    const results = Array.from({ length: 12 }, (_unused, day) => run(day + 1, 'pc', 'E4', { a: 'PASS' }));
    const test = feature(...results)?.tests[0];
    expect(test?.scoredRuns).to.equal(12);
    expect([test?.window.length, test?.window[0]?.at]).to.deep.equal([10, '2026-11-03T03:15:00.000Z']);
  });
});
