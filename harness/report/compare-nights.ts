import { deviceWord } from '../db/cell-device.ts';
import { signaturesOf } from '../db/failure-signature.ts';
import type { CellId, Result, TestResult } from '../db/generated/result.ts';
import { stateOfTest, type State } from './night-counts.ts';

/** A test of a cell in two nights. A state is undefined where the night has no result of it. */
export interface TestChange {
  readonly cell: CellId;
  readonly testId: string;
  readonly title: string;
  readonly before: State | undefined;
  readonly now: State | undefined;
  /** Failed in both nights, and not in the same way. */
  readonly otherwise?: true;
}

/** A cell in two nights. `before` or `now` is undefined where it was not part of the night. */
export interface CellChange {
  readonly cell: CellId;
  readonly before: State | undefined;
  readonly now: State | undefined;
}

/** Something of the environment that is not as it was: image hash, kernel, a package, the harness. */
export interface EnvironmentChange {
  /** Empty for what does not depend on the image: harness, QEMU, a suite, a model. */
  readonly image: string;
  readonly what: 'image' | 'kernel' | 'package' | 'harness' | 'qemu' | 'suite' | 'model';
  readonly name: string;
  readonly before: string | undefined;
  readonly now: string | undefined;
}

export interface NightChanges {
  /** Fails now; passed, or was flaky, or was not tested the night before, or failed in another way. */
  readonly newFailures: readonly TestChange[];
  /** Failed the night before, passes now in its first attempt. */
  readonly fixed: readonly TestChange[];
  readonly stillFailing: readonly TestChange[];
  /** Needed a second attempt now, and did not the night before. */
  readonly newFlakes: readonly TestChange[];
  readonly newlySkipped: readonly TestChange[];
  /** Tested the night before, and now only an error of the test or the lab. */
  readonly newlyUntested: readonly TestChange[];
  /** Tests that the night before had and this one's cell no longer has. */
  readonly goneTests: readonly TestChange[];
  readonly newTests: readonly TestChange[];
  readonly newMisses: readonly CellChange[];
  readonly goneCells: readonly CellChange[];
  readonly newCells: readonly CellChange[];
  readonly environment: readonly EnvironmentChange[];
}

const tested: ReadonlySet<State | undefined> = new Set<State>(['PASS', 'FAIL', 'FLAKY', 'DONE', 'TRIAL']);

/** What of a night is not as it was the night before. Pure; both lists may be in any order. */
export function compareNights(before: readonly Result[], now: readonly Result[]): NightChanges {
  const earlier = new Map(before.map((result) => [result.cell.id, result]));
  const later = new Map(now.map((result) => [result.cell.id, result]));
  const changes = now.flatMap((result) => testChanges(earlier.get(result.cell.id), result));
  const sorted = (wanted: (change: TestChange) => boolean): TestChange[] => changes.filter(wanted).sort(byCellAndTest);
  return {
    newFailures: sorted((change) => change.now === 'FAIL' && (change.before !== 'FAIL' || change.otherwise === true)),
    fixed: sorted((change) => change.before === 'FAIL' && (change.now === 'PASS' || change.now === 'DONE')),
    stillFailing: sorted((change) => change.before === 'FAIL' && change.now === 'FAIL' && change.otherwise === undefined),
    newFlakes: sorted((change) => change.now === 'FLAKY' && change.before !== 'FLAKY'),
    newlySkipped: sorted((change) => change.now === 'SKIP' && change.before !== undefined && change.before !== 'SKIP'),
    newlyUntested: sorted((change) => (change.now === 'MISS' || change.now === 'ERROR') && tested.has(change.before)),
    goneTests: sorted((change) => change.now === undefined),
    newTests: sorted((change) => change.before === undefined && earlier.has(change.cell.id) && change.now !== 'FAIL'),
    newMisses: now
      .filter((result) => result.outcome === 'MISS' && earlier.has(result.cell.id) && earlier.get(result.cell.id)?.outcome !== 'MISS')
      .map((result) => ({ cell: result.cell, before: earlier.get(result.cell.id)?.outcome, now: result.outcome })),
    goneCells: before.filter((result) => !later.has(result.cell.id)).map((result) => ({ cell: result.cell, before: result.outcome, now: undefined })),
    newCells: now.filter((result) => !earlier.has(result.cell.id)).map((result) => ({ cell: result.cell, before: undefined, now: result.outcome })),
    environment: environmentChanges(before, now),
  };
}

/** The tests of one cell in both nights. Tests of a cell that is a MISS as a whole are not gone: nobody looked. */
function testChanges(before: Result | undefined, now: Result): TestChange[] {
  const earlier = new Map((before?.tests ?? []).map((test) => [test.id, test]));
  const change = (test: TestResult, from: State | undefined, to: State | undefined): TestChange => ({ cell: now.cell, testId: test.id, title: test.title, before: from, now: to });
  const present = now.tests.map((test) => {
    const old = earlier.get(test.id);
    earlier.delete(test.id);
    return { ...change(test, old ? stateOfTest(old) : undefined, stateOfTest(test)), ...(old && failsOtherwise(old, test) ? { otherwise: true as const } : {}) };
  });
  const looked = now.outcome !== 'MISS' && now.outcome !== 'ERROR' && now.outcome !== 'SKIP';
  return looked ? [...present, ...[...earlier.values()].map((test) => change(test, stateOfTest(test), undefined))] : present;
}

/** Whether no attempt of one has the signature of an attempt of the other. */
function failsOtherwise(before: TestResult, now: TestResult): boolean {
  if (before.outcome !== 'FAIL' || now.outcome !== 'FAIL') return false;
  const earlier = new Set(signaturesOf(before).map(({ id }) => id));
  const later = signaturesOf(now);
  return earlier.size > 0 && later.length > 0 && !later.some(({ id }) => earlier.has(id));
}

function environmentChanges(before: readonly Result[], now: readonly Result[]): EnvironmentChange[] {
  const earlier = environmentFacts(before);
  const later = environmentFacts(now);
  const images = new Set(['', ...before.map((result) => result.cell.image)]);
  const changes: EnvironmentChange[] = [];
  for (const [key, fact] of later) {
    const old = earlier.get(key);
    if (old?.value !== fact.value && images.has(fact.image) && (old || fact.what === 'package')) changes.push({ image: fact.image, what: fact.what, name: fact.name, before: old?.value, now: fact.value });
  }
  const seenNow = new Set([...later.values()].filter((fact) => fact.what === 'package').map((fact) => fact.image));
  for (const [key, old] of earlier) {
    if (!later.has(key) && old.what === 'package' && seenNow.has(old.image)) changes.push({ image: old.image, what: old.what, name: old.name, before: old.value, now: undefined });
  }
  return changes;
}

interface Fact {
  readonly image: string;
  readonly what: EnvironmentChange['what'];
  readonly name: string;
  readonly value: string;
}

function environmentFacts(results: readonly Result[]): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  const add = (image: string, what: Fact['what'], name: string, value: string | undefined): void => {
    if (value !== undefined) facts.set(JSON.stringify([image, what, name]), { image, what, name, value });
  };
  for (const { cell, environment } of results) {
    add(cell.image, 'image', cell.image, environment.imageSha256);
    add(cell.image, 'kernel', 'linux', environment.kernel);
    add('', 'harness', 'hwlab', environment.harness);
    add('', 'qemu', 'qemu', environment.qemu);
    add('', 'suite', cell.suite, environment.suiteRevision);
    add('', 'model', deviceWord(cell), environment.modelSha256);
    for (const [name, version] of Object.entries(environment.packages ?? {})) add(cell.image, 'package', name, version);
  }
  return facts;
}

function byCellAndTest(a: TestChange, b: TestChange): number {
  return a.cell.id.localeCompare(b.cell.id) || a.testId.localeCompare(b.testId);
}
