/** One executed attempt of a test on a pristine target: the smallest thing that may move a verdict. */
export interface Mark {
  readonly pass: boolean;
  /** Failed with a signature that is known to be deterministic: proof at the first time. */
  readonly deterministic: boolean;
  /** Failed because nothing in the image claims the device or the feature. */
  readonly unclaimed: boolean;
}

/** All scored attempts of one run of a test (PASS and FAIL; others do not score), oldest first, never empty. */
export interface ScoredRun {
  readonly marks: readonly [Mark, ...Mark[]];
  /** Id of the result and hash of the image it ran on, for last-good and first-bad. */
  readonly result: string;
  readonly imageSha256: string;
  /** ISO 8601 */
  readonly at: string;
}

export interface TestVerdict {
  readonly verdict: 'works' | 'unstable' | 'broken' | 'unsupported' | 'unknown';
  /** One fail that nothing confirms or refutes: run it again. */
  readonly suspect: boolean;
  /** The last run with a pass before the first of the fails that still last, and that first fail; only when broken or unsupported. */
  readonly lastGood?: ScoredRun;
  readonly firstBad?: ScoredRun;
}

/** How many of the last scored runs count. */
export const windowLength = 10;

/**
 * Verdict of one test on one unit and image, from its scored runs, oldest first (VERDICTS.md, 2).
 * An automatic retry runs on a pristine target, so its attempts count like runs: fail, fail is confirmed; fail, pass is one
 * isolated fail. A lone fail with no pass beside it proves nothing yet and is `unknown`, not `works`.
 */
export function testVerdict(runs: readonly ScoredRun[]): TestVerdict {
  if (runs.length > 0 && runs.every(onlyPasses)) return works;
  const window = runs.slice(-windowLength).flatMap((run) => run.marks);
  const fails = window.filter((mark) => !mark.pass);
  const last = window.at(-1);
  if (last === undefined) return { verdict: 'unknown', suspect: false };
  if (fails.length === 0) return { verdict: 'works', suspect: false };
  const confirmed = !last.pass && (last.deterministic || window.at(-2)?.pass === false);
  if (confirmed) return { verdict: last.unclaimed ? 'unsupported' : 'broken', suspect: false, ...turningPoint(runs) };
  if (fails.length > 1) return { verdict: 'unstable', suspect: false };
  return { verdict: window.length > 1 ? 'works' : 'unknown', suspect: true };
}

/** What most tests are, without taking the window apart. */
const works: TestVerdict = { verdict: 'works', suspect: false };

function onlyPasses({ marks }: ScoredRun): boolean {
  return marks.every(({ pass }) => pass);
}

function turningPoint(runs: readonly ScoredRun[]): Pick<TestVerdict, 'lastGood' | 'firstBad'> {
  const good = runs.findLastIndex((run) => run.marks.some((mark) => mark.pass));
  const lastGood = runs[good];
  const firstBad = runs[good + 1];
  return { ...(lastGood ? { lastGood } : {}), ...(firstBad ? { firstBad } : {}) };
}
