import type { DatabaseSync } from 'node:sqlite';
import { isFlaky } from '../verdicts/assess-device.ts';
import { flakeFaults, type FlakeFault, type FlakeObservation } from '../verdicts/flake-fault.ts';
import type { ImageHistory } from '../verdicts/test-history.ts';
import { testVerdict } from '../verdicts/test-verdict.ts';

/** A test is at fault itself when it is flaky on so many unrelated devices (VERDICTS.md, 2). */
const manyFamilies = 3;

/** Tests that are flaky by their own fault, as `image\ntest`: as an index remembers them that is up to date. */
export function knownFaultyTests(index: DatabaseSync): ReadonlySet<string> {
  const { value } = (index.prepare("SELECT value FROM meta WHERE key = 'faulty'").get() ?? { value: '[]' }) as { value: string };
  return new Set(JSON.parse(value) as readonly string[]);
}

/** Writes them down: counting them anew takes longer than a look-up, of a large database. */
export function rememberFaultyTests(index: DatabaseSync, faulty: ReadonlySet<string>): void {
  index.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run('faulty', JSON.stringify([...faulty].sort()));
}

/** Tests that are flaky by their own fault, counted. */
export function faultyTests(index: DatabaseSync): ReadonlySet<string> {
  const rows = index.prepare('SELECT image, test FROM flaky GROUP BY image, test HAVING COUNT(DISTINCT family) >= ?').all(manyFamilies) as unknown as readonly { image: string; test: string }[];
  return new Set(rows.map(({ image, test }) => `${image}\n${test}`));
}

/** Whose fault the flaky tests of one device on one image are, by what the whole database knows of them. */
export function faultsOf(history: ImageHistory, image: string, device: string, faulty: ReadonlySet<string>): (test: string, machine: string) => FlakeFault | undefined {
  const own = history.units.flatMap((unit) =>
    [...unit.tests.values()].filter((test) => test.runs.length > 0).map((test): FlakeObservation => ({ test: test.id, device, family: device, bench: unit.machine, flaky: isFlaky(testVerdict(test.runs)) })),
  );
  const benches = flakeFaults(own);
  const flaky = new Set(own.filter((seen) => seen.flaky).map((seen) => `${seen.test}\n${seen.bench}`));
  return (test, machine) => (faulty.has(`${image}\n${test}`) && flaky.has(`${test}\n${machine}`) ? 'test' : benches(test, device, machine));
}
