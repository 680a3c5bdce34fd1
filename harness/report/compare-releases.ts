import { deviceWord } from '../db/cell-device.ts';
import type { CellId, Outcome, Result, TestResult } from '../db/generated/result.ts';
import { stateOfTest, type State } from './night-counts.ts';

/** How a test ended on one release. */
export interface OnRelease {
  readonly image: string;
  readonly cell: CellId;
  readonly outcome: Outcome;
  /** The outcome as it is shown: flaky and on trial are told apart. */
  readonly state: State;
  /** Why it did not pass or was skipped. */
  readonly message: string | undefined;
}

/** One test of one device, in one suite on one kind of machine, on several releases. */
export interface ReleaseRow {
  /** The cell on the first release that has it: device, suite and machine are the same in all. */
  readonly cell: CellId;
  readonly test: TestResult;
  /** In the order of the images; releases on which the test was not part of the cell, or nothing was found out, are missing. */
  readonly on: readonly OnRelease[];
}

/** A night over several images, compared. */
export interface ReleaseComparison {
  readonly images: readonly string[];
  /** Kernel by image. */
  readonly kernels: ReadonlyMap<string, string>;
  /** A test passes on one release and fails on another; required before optional. */
  readonly broken: readonly ReleaseRow[];
  /** It applies to one release and is skipped on another. */
  readonly skipped: readonly ReleaseRow[];
  /** The same on every release on which it came to a verdict. */
  readonly alike: readonly ReleaseRow[];
  /** Tests that came to a verdict on fewer than two releases. */
  readonly notCompared: number;
}

type Verdict = 'good' | 'bad' | 'skipped';
/** What an outcome says of the product; MISS and ERROR say nothing. A pass in the second attempt is a pass: flakes are told elsewhere. */
const verdicts: Readonly<Partial<Record<Outcome, Verdict>>> = { PASS: 'good', DONE: 'good', FAIL: 'bad', SKIP: 'skipped' };
const levels = ['required', 'recommended', 'optional', 'trial'];

/** What differs between the images of one night: same device, same test, other release. Undefined for a night with one image. */
export function compareReleases(results: readonly Result[]): ReleaseComparison | undefined {
  const images = [...new Set(results.map(({ cell }) => cell.image))].sort((left, right) => left.localeCompare(right, 'en', { numeric: true }));
  if (images.length < 2) return undefined;
  const groups = [...Map.groupBy(results, ({ cell }) => [cell.machine, deviceWord(cell), cell.suite, cell.transport ?? ''].join('\n')).values()];
  const rows = groups.flatMap(rowsOf).map((row) => ({ ...row, on: row.on.toSorted((left, right) => images.indexOf(left.image) - images.indexOf(right.image)) }));
  const kinds = Map.groupBy(rows, kindOf);
  const list = (kind: ReturnType<typeof kindOf>): ReleaseRow[] => (kinds.get(kind) ?? []).sort(byWeight);
  return {
    images,
    kernels: new Map(results.flatMap(({ cell, environment }) => (environment.kernel === undefined ? [] : [[cell.image, environment.kernel]]))),
    broken: list('broken'),
    skipped: list('skipped'),
    alike: list('alike'),
    notCompared: list('not-compared').length,
  };
}

/** The tests of the cells that differ in their image only. */
function rowsOf(results: readonly Result[]): ReleaseRow[] {
  const entries = results.flatMap((result) => result.tests.map((test) => ({ result, test })));
  return [...Map.groupBy(entries, ({ test }) => test.id).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const on = group.flatMap(({ result, test }): OnRelease[] => {
      const { outcome } = test;
      return verdicts[outcome] === undefined ? [] : [{ image: result.cell.image, cell: result.cell, outcome, state: stateOfTest(test), message: messageOf(test) }];
    });
    return [{ cell: first.result.cell, test: first.test, on }];
  });
}

function messageOf(test: TestResult): string | undefined {
  if (verdicts[test.outcome] === 'good') return undefined;
  const last = test.attempts.at(-1);
  return last?.failure?.message ?? last?.skipReason;
}

function kindOf({ on }: Pick<ReleaseRow, 'on'>): 'broken' | 'skipped' | 'alike' | 'not-compared' {
  if (on.length < 2) return 'not-compared';
  const seen = new Set(on.map(({ outcome }) => verdicts[outcome]));
  if (seen.has('good') && seen.has('bad')) return 'broken';
  return seen.size > 1 ? 'skipped' : 'alike';
}

function byWeight(left: ReleaseRow, right: ReleaseRow): number {
  return levels.indexOf(left.test.requirement) - levels.indexOf(right.test.requirement) || left.cell.suite.localeCompare(right.cell.suite) || deviceWord(left.cell).localeCompare(deviceWord(right.cell)) || left.test.title.localeCompare(right.test.title);
}
