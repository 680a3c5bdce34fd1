import { deviceWord } from '../db/cell-device.ts';
import type { Result, TestResult } from '../db/generated/result.ts';
import { ResultStore } from '../db/result-store.ts';
import { isFailure } from './judge-repro.ts';

/** What is asked of earlier results: the same device, suite, machine and transport, whatever the image. */
export function sameButImage(one: Result, other: Result): boolean {
  const [a, b] = [one.cell, other.cell];
  return deviceWord(a) === deviceWord(b) && a.suite === b.suite && a.machine === b.machine && a.transport === b.transport;
}

/** The tests of a result that a question is about: the one named, or all that failed. */
export function askedTests(result: Result, test?: TestResult): readonly string[] {
  return test ? [test.id] : result.tests.filter(isFailure).map(({ id }) => id);
}

/** Whether all these tests passed in a result; of a result that broke before its tests, whether this one ran at all. */
export function passedIn(result: Result, tests: readonly string[]): boolean {
  if (result.reason !== undefined || result.manifest?.control !== undefined) return false;
  if (tests.length === 0) return result.tests.some(({ outcome }) => outcome === 'PASS');
  return tests.every((id) => result.tests.find((each) => each.id === id)?.outcome === 'PASS');
}

/** Results of a database in which what failed in `result` passed, the newest first. Runs of developers say nothing. */
export async function passesBefore(database: string, result: Result, test?: TestResult): Promise<readonly Result[]> {
  const tests = askedTests(result, test);
  const found: Result[] = [];
  for await (const other of ResultStore.open(database).results({ suite: result.cell.suite, model: result.cell.model }, () => undefined)) {
    if (other.id !== result.id && other.manifest?.purpose !== 'repro' && sameButImage(result, other) && passedIn(other, tests)) found.push(other);
  }
  return found.reverse();
}
