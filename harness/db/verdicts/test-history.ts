import type { Artefact, Failure, Outcome, Result, TestResult } from '../generated/result.ts';
import { isReal, type EvidenceLevel } from './best-evidence.ts';
import type { KnownIssueMatch } from '../match-known-issues.ts';
import type { GreenRun } from './certify.ts';
import { scores, scoreTest } from './score-test.ts';
import type { Mark, ScoredRun } from './test-verdict.ts';

/** The newest run of a test, scored or not. */
export interface LastRun {
  readonly outcome: Outcome;
  readonly flake: boolean;
  /** ISO 8601 */
  readonly at: string;
  readonly night: string;
  readonly result: string;
  readonly skipReason?: string;
  readonly failure?: Failure;
  /** Logs of the last attempt, paths relative to the night's folder. */
  readonly artefacts: readonly Artefact[];
}

/** What is known of one test on one unit. */
export interface TestHistory {
  readonly id: string;
  readonly title: string;
  readonly feature: string;
  readonly requirement: TestResult['requirement'];
  readonly last: LastRun;
  /** Oldest first; the newest `mostRuns`. */
  readonly runs: readonly ScoredRun[];
}

/** The tests of one suite on one unit at one level of evidence. */
export interface UnitHistory {
  readonly suite: string;
  readonly level: EvidenceLevel;
  /** Model, attachment, transport and machine. */
  readonly unit: string;
  readonly machine: string;
  readonly tests: ReadonlyMap<string, TestHistory>;
  /** Tests of the newest run that was whole (neither cut short nor of selected tests); a test that is gone from the suite is not in it. */
  readonly current: ReadonlySet<string> | undefined;
  /** Known issues of the newest run, with its result and night. */
  readonly issues: readonly KnownIssueMatch[];
  readonly newest: string;
}

/** Whether a failure is a known one that is proof at the first time. */
export type IsDeterministic = (result: Result, test: TestResult, failure: Failure) => boolean;

/** What the known issues say of results. */
export interface HistoryRules {
  readonly isDeterministic: IsDeterministic;
  /** Known issues that a result shows, or was looked at in vain for. */
  readonly issuesOf: (result: Result) => readonly KnownIssueMatch[];
}

/** A history as plain values: what it is kept as. */
export interface HistoryState {
  readonly units: readonly UnitHistory[];
  readonly firstAt: string;
  readonly lastAt: string;
  readonly nights: ReadonlySet<string>;
  readonly green: readonly GreenRun[];
  readonly environment: Result['environment'] | undefined;
}

/** Scored runs kept of a test: more than the window, for last-good and first-bad. */
const mostRuns = 50;
/** Green runs kept for certificates. */
const mostGreen = 500;

/** Folds results of one device on one image, oldest first, into what the verdicts need; memory is bounded per test. */
export class ImageHistory {
  readonly #units = new Map<string, UnitHistory & { tests: Map<string, TestHistory>; current: ReadonlySet<string> | undefined; issues: readonly KnownIssueMatch[]; newest: string }>();
  readonly #rules: HistoryRules;
  firstAt = '';
  lastAt = '';
  readonly nights = new Set<string>();
  readonly #green: GreenRun[] = [];
  /** Of the newest result in which a test scored. */
  environment: Result['environment'] | undefined;

  constructor(rules: HistoryRules | IsDeterministic) {
    this.#rules = typeof rules === 'function' ? { isDeterministic: rules, issuesOf: () => [] } : rules;
  }

  /** Goes on from what was kept of it; with the rules that it was folded by. */
  static of(state: HistoryState, rules: HistoryRules): ImageHistory {
    const history = new ImageHistory(rules);
    for (const unit of state.units) history.#units.set(keyOf(unit), { ...unit, tests: new Map(unit.tests) });
    history.firstAt = state.firstAt;
    history.lastAt = state.lastAt;
    for (const night of state.nights) history.nights.add(night);
    history.#green.push(...state.green);
    history.environment = state.environment;
    return history;
  }

  /** What there is to keep of it. */
  get state(): HistoryState {
    return { units: this.units, firstAt: this.firstAt, lastAt: this.lastAt, nights: this.nights, green: this.#green, environment: this.environment };
  }

  /** The newest runs on a real device in which nothing failed. */
  get greenRuns(): readonly GreenRun[] {
    return this.#green;
  }

  get units(): readonly UnitHistory[] {
    return [...this.#units.values()];
  }

  /** A result that a developer made by running another again says nothing, wherever its line was copied to. */
  add(result: Result): void {
    if (result.manifest?.purpose === 'repro') return;
    const { cell, startedAt, outcome } = result;
    const level = cappedLevel(result);
    const unit = `${cell.model} ${cell.attachment} ${cell.transport ?? 'usb-redir'} ${cell.machine}`;
    const key = keyOf({ suite: cell.suite, level, unit });
    const history = this.#units.get(key) ?? { suite: cell.suite, level, unit, machine: cell.machine, tests: new Map<string, TestHistory>(), current: undefined, issues: [], newest: '' };
    this.#units.set(key, history);
    for (const test of result.tests) history.tests.set(test.id, this.#extended(history.tests.get(test.id), result, test));
    if (outcome !== 'MISS' && outcome !== 'ERROR' && result.tests.length > 0 && result.selection === undefined) history.current = new Set(result.tests.map((test) => test.id));
    if (result.tests.length > 0) {
      history.issues = this.#rules.issuesOf(result);
      history.newest = result.id;
    }
    if (outcome === 'PASS' && isReal[level]) this.#green.push({ result: result.id, night: result.night });
    if (this.#green.length > 2 * mostGreen) this.#green.splice(0, mostGreen);
    this.firstAt = this.firstAt === '' || startedAt < this.firstAt ? startedAt : this.firstAt;
    if (startedAt >= this.lastAt) this.lastAt = startedAt;
    this.nights.add(result.night);
    if (result.tests.some((test) => scores[test.outcome])) this.environment = result.environment;
  }

  #extended(before: TestHistory | undefined, result: Result, test: TestResult): TestHistory {
    const { id, title, feature, requirement, outcome, flake } = test;
    const last = test.attempts.at(-1) ?? test.attempts[0];
    const [first, ...more] = scoreTest(test, (failure) => this.#rules.isDeterministic(result, test, failure));
    const run = (marks: readonly [Mark, ...Mark[]]): ScoredRun => ({ marks, result: result.id, imageSha256: result.environment.imageSha256, at: last.startedAt });
    return {
      id,
      title,
      feature,
      requirement,
      last: {
        outcome,
        flake,
        at: last.startedAt,
        night: result.night,
        result: result.id,
        artefacts: last.artefacts,
        ...(last.skipReason === undefined ? {} : { skipReason: last.skipReason }),
        ...(last.failure === undefined ? {} : { failure: last.failure }),
      },
      runs: [...(before?.runs ?? []), ...(first ? [run([first, ...more])] : [])].slice(-mostRuns),
    };
  }
}

function keyOf({ suite, level, unit }: Pick<UnitHistory, 'suite' | 'level' | 'unit'>): string {
  return [suite, level, unit].join('\n');
}

/** What is not attached to a real device, or was seen on a machine that only pretends, can never be more than E2, whatever the result says of itself; and only a certificate makes E5. */
export function cappedLevel({ evidence, cell, environment }: Result): EvidenceLevel {
  if (isReal[evidence] && (virtual[cell.attachment] || environment.metal?.simulator !== undefined)) return 'E2';
  return evidence === 'E5' ? 'E4' : evidence;
}

const virtual: Readonly<Record<Result['cell']['attachment'], boolean>> = {
  emulated: true,
  replayed: true,
  redirected: false,
  'passed-through': false,
  wired: false,
  network: false,
};
