import type { Artefact, Failure, Outcome, Result, TestResult } from '../generated/result.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { EvidenceLevel } from './best-evidence.ts';
import type { HistoryState, TestHistory, UnitHistory } from './test-history.ts';
import type { Mark, ScoredRun } from './test-verdict.ts';

/**
 * A folded history as text: what the verdicts need of the results of a device on an image, a twentieth of their lines. It holds nothing that depends on
 * the day but the known issues that applied, so whoever keeps it makes it anew when those change. Texts that come again and again (ids of
 * results, hashes, times) are in `s` once and named by their number.
 */
interface StoredHistory {
  readonly s: readonly string[];
  readonly first: string;
  readonly last: string;
  readonly nights: readonly number[];
  readonly green: readonly (readonly [result: number, night: number])[];
  readonly environment: Result['environment'] | null;
  readonly units: readonly StoredUnit[];
}

interface StoredUnit {
  readonly suite: string;
  readonly level: EvidenceLevel;
  readonly unit: string;
  readonly machine: string;
  readonly tests: readonly StoredTest[];
  /** Numbers of texts; null: no run was whole. */
  readonly current: readonly number[] | null;
  readonly issues: readonly (readonly [issue: string, state: 'present' | 'absent', tests: readonly number[]])[];
  readonly newest: number;
}

type StoredTest = readonly [id: number, title: number, feature: number, requirement: TestResult['requirement'], last: StoredLast, runs: readonly StoredRun[]];
type StoredLast = readonly [outcome: Outcome, flake: 0 | 1, at: number, night: number, result: number, artefacts: readonly Artefact[], skipReason: string | null, failure: Failure | null];
/** Marks are a digit each: 1 pass, 2 deterministic, 4 unclaimed. */
type StoredRun = readonly [marks: string, result: number, imageSha256: number, at: number];

/** The text of a history. */
export function packHistory(state: HistoryState): string {
  const texts = new Map<string, number>();
  const text = (value: string): number => {
    const known = texts.get(value);
    if (known !== undefined) return known;
    texts.set(value, texts.size);
    return texts.size - 1;
  };
  const run = ({ marks, result, imageSha256, at }: ScoredRun): StoredRun => [marks.map(digitOf).join(''), text(result), text(imageSha256), text(at)];
  const last = ({ outcome, flake, at, night, result, artefacts, skipReason, failure }: TestHistory['last']): StoredLast => [outcome, flake ? 1 : 0, text(at), text(night), text(result), artefacts, skipReason ?? null, failure ?? null];
  const test = (each: TestHistory): StoredTest => [text(each.id), text(each.title), text(each.feature), each.requirement, last(each.last), each.runs.map(run)];
  const unit = (each: UnitHistory): StoredUnit => ({
    suite: each.suite,
    level: each.level,
    unit: each.unit,
    machine: each.machine,
    tests: [...each.tests.values()].map(test),
    current: each.current === undefined ? null : [...each.current].map(text),
    issues: each.issues.map(({ issue, state: found, tests }) => [issue.id, found, tests.map(text)]),
    newest: text(each.newest),
  });
  const stored: Omit<StoredHistory, 's'> = {
    first: state.firstAt,
    last: state.lastAt,
    nights: [...state.nights].map(text),
    green: state.green.map(({ result, night }) => [text(result), text(night)] as const),
    environment: state.environment ?? null,
    units: state.units.map(unit),
  };
  return JSON.stringify({ ...stored, s: [...texts.keys()] });
}

/** The history of a text; undefined when it names a known issue that there is not. */
export function unpackHistory(packed: string, issues: ReadonlyMap<string, KnownIssue>): HistoryState | undefined {
  const { s, first, last, nights, green, environment, units } = JSON.parse(packed) as StoredHistory;
  const text = (number: number): string => s[number] ?? '';
  if (units.some((unit) => unit.issues.some(([id]) => !issues.has(id)))) return undefined;
  return {
    firstAt: first,
    lastAt: last,
    nights: new Set(nights.map(text)),
    green: green.map(([result, night]) => ({ result: text(result), night: text(night) })),
    environment: environment ?? undefined,
    units: units.map((unit): UnitHistory => {
      const tests = unit.tests.map((test) => unpackTest(test, text));
      return {
        suite: unit.suite,
        level: unit.level,
        unit: unit.unit,
        machine: unit.machine,
        tests: new Map(tests.map((test) => [test.id, test])),
        current: unit.current === null ? undefined : new Set(unit.current.map(text)),
        issues: unit.issues.flatMap(([id, state, shown]) => {
          const issue = issues.get(id);
          return issue === undefined ? [] : [{ issue, state, tests: shown.map(text) }];
        }),
        newest: text(unit.newest),
      };
    }),
  };
}

function unpackTest([id, title, feature, requirement, [outcome, flake, at, night, result, artefacts, skipReason, failure], runs]: StoredTest, text: (number: number) => string): TestHistory {
  return {
    id: text(id),
    title: text(title),
    feature: text(feature),
    requirement,
    last: { outcome, flake: flake === 1, at: text(at), night: text(night), result: text(result), artefacts, ...(skipReason === null ? {} : { skipReason }), ...(failure === null ? {} : { failure }) },
    runs: runs.map(([marks, ran, image, ranAt]) => ({ marks: marksOf(marks), result: text(ran), imageSha256: text(image), at: text(ranAt) })),
  };
}

/** Most tests pass at the first attempt. */
const onePass: readonly [Mark] = [{ pass: true, deterministic: false, unclaimed: false }];

function marksOf(digits: string): ScoredRun['marks'] {
  return digits === '1' ? onePass : ([...digits].map(markOf) as unknown as ScoredRun['marks']);
}

function digitOf({ pass, deterministic, unclaimed }: Mark): number {
  return (pass ? 1 : 0) | (deterministic ? 2 : 0) | (unclaimed ? 4 : 0);
}

function markOf(digit: string): Mark {
  const bits = Number(digit);
  return { pass: (bits & 1) !== 0, deterministic: (bits & 2) !== 0, unclaimed: (bits & 4) !== 0 };
}
