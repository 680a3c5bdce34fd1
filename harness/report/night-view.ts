import type { Artefact, CellId, Failure, Result, TestAttempt, TestResult } from '../db/generated/result.ts';
import { signaturesOf, cellSignature } from '../db/failure-signature.ts';
import type { Investigation } from '../db/generated/investigations.ts';
import type { NightIssue } from '../db/night-issues.ts';
import { compareNights, type NightChanges } from './compare-nights.ts';
import { compareReleases, type ReleaseComparison } from './compare-releases.ts';
import { countNight, stateOfTest, type NightCounts } from './night-counts.ts';
import type { NightSummary } from './night-events.ts';
import { planName } from './plan-name.ts';

/** One thing that went wrong in one cell: a test of it, or the cell as a whole (`test` is undefined). */
export interface Trouble {
  readonly result: Result;
  readonly test: TestResult | undefined;
  readonly outcome: 'FAIL' | 'ERROR' | 'MISS';
  /** A test on trial: told apart, counts for nothing. */
  readonly trial: boolean;
  readonly failure: Failure;
  /** The attempt that is shown: the last one that failed. */
  readonly attempt: TestAttempt | undefined;
  /** Evidence of the attempt first, then that of the cell for names the attempt has not. */
  readonly artefacts: readonly Artefact[];
  readonly isNew: boolean;
  /** What was found out about it, or about the same failure in another cell of the night. */
  readonly investigation?: Investigation;
  /** What the failure is recognised by from run to run; what a known issue names. */
  readonly signature: string | undefined;
  /** The known issue that names this failure, or a closed one that is back. */
  readonly issue?: NightIssue;
}

/** Troubles of the same test with the same code in several cells, or one of its own. */
export interface TroubleGroup {
  readonly key: string;
  readonly title: string;
  readonly troubles: readonly [Trouble, ...Trouble[]];
  /** Cells in which the same test was executed, the failing ones included. */
  readonly executedIn: number;
}

export interface SkipGroup {
  readonly reason: string;
  readonly entries: readonly { readonly cell: CellId; readonly title: string | undefined }[];
}

/** All that the console summary and the night page say, worked out once. */
export interface NightView {
  readonly summary: NightSummary;
  readonly counts: NightCounts;
  readonly changes: NightChanges | undefined;
  /** Undefined for a night with one image. */
  readonly releases: ReleaseComparison | undefined;
  /** Failures of the product: new before known, required before optional. */
  readonly failures: readonly TroubleGroup[];
  /** Faults of the lab (MISS) and of the tests (ERROR); never the product's. */
  readonly labFaults: readonly TroubleGroup[];
  /** Tests on trial that did not pass. */
  readonly trials: readonly TroubleGroup[];
  readonly flakes: readonly { readonly result: Result; readonly test: TestResult }[];
  readonly skips: readonly SkipGroup[];
  readonly notRun: readonly CellId[];
  readonly seconds: number;
}

export function viewNight(summary: NightSummary): NightView {
  const { results, night } = summary;
  const changes = changesOf(summary);
  const fresh = new Set((changes?.newFailures ?? []).map((change) => `${change.cell.id}\n${change.testId}`));
  const troubles = results.flatMap((result) => troublesOf(result, fresh)).map((trouble) => withIssue(withInvestigation(trouble, summary.investigations ?? []), summary.issues ?? []));
  const counting = troubles.filter((trouble) => !trouble.trial);
  const ran = new Set(results.map((result) => result.cell.id));
  return {
    summary,
    counts: countNight(results, night.cells.length),
    changes,
    releases: compareReleases(results),
    failures: group(counting.filter((trouble) => trouble.outcome === 'FAIL'), results),
    labFaults: group(counting.filter((trouble) => trouble.outcome !== 'FAIL'), results),
    trials: group(troubles.filter((trouble) => trouble.trial), results),
    flakes: results.flatMap((result) => result.tests.filter((test) => stateOfTest(test) === 'FLAKY').map((test) => ({ result, test }))),
    skips: groupSkips(results),
    notRun: night.cells.filter((cell) => !ran.has(cell.id)),
    seconds: Math.max(0, (Date.parse(summary.finishedAt) - Date.parse(night.startedAt)) / 1000),
  };
}

/** Nights of a plan are compared even if the plan grew. A single run is compared only with one of the same cells, and what it did not ask for is not gone. */
function changesOf({ night, before, results }: NightSummary): NightChanges | undefined {
  if (!before) return undefined;
  if (planName(night.plan) !== 'run') return compareNights(before.results, results);
  const same = before.results.some((result) => result.environment.plan === night.plan);
  return same ? { ...compareNights(before.results, results), goneTests: [], goneCells: [], newTests: [] } : undefined;
}

/** The reason's first line, for lists. */
export function firstLine(text: string): string {
  return (text.trim().split(/\r?\n/, 1)[0] ?? '').slice(0, 400);
}

function troublesOf(result: Result, fresh: ReadonlySet<string>): Trouble[] {
  const found: Trouble[] = [];
  for (const test of result.tests) {
    if (test.outcome !== 'FAIL' && test.outcome !== 'ERROR' && test.outcome !== 'MISS') continue;
    const attempt = test.attempts.findLast((candidate) => candidate.failure !== undefined) ?? test.attempts.at(-1);
    found.push({
      result,
      test,
      outcome: test.outcome,
      trial: test.requirement === 'trial',
      failure: attempt?.failure ?? { code: 'no-reason-recorded', blame: test.outcome === 'FAIL' ? 'product' : 'harness', message: `${test.title}: ${test.outcome}` },
      attempt,
      artefacts: evidence(attempt?.artefacts ?? [], result.artefacts),
      isNew: fresh.has(`${result.cell.id}\n${test.id}`),
      signature: signaturesOf(test)[0]?.id,
    });
  }
  const outcome = result.outcome;
  const explained = found.some((trouble) => trouble.outcome === outcome && !trouble.trial);
  if (!explained && (outcome === 'FAIL' || outcome === 'ERROR' || outcome === 'MISS')) {
    const failure = result.reason ?? { code: 'no-reason-recorded', blame: outcome === 'FAIL' ? 'product' : 'harness', message: `${result.cell.id}: ${outcome}` };
    found.push({ result, test: undefined, outcome, trial: false, failure, attempt: undefined, artefacts: result.artefacts, isNew: false, signature: cellSignature(result)?.id });
  }
  return found;
}

/** What was found out about this failure, or about the same one of the same test in another cell: one of each kind is looked into. */
function withInvestigation(trouble: Trouble, investigations: readonly Investigation[]): Trouble {
  const { result, test, signature } = trouble;
  const own = investigations.find((each) => each.result === result.id && each.test === test?.id);
  const investigation = own ?? investigations.find((each) => each.test === test?.id && each.signature === signature);
  return investigation ? { ...trouble, investigation } : trouble;
}

/** A closed issue that is back comes first among them. */
function withIssue(trouble: Trouble, issues: readonly NightIssue[]): Trouble {
  const issue = issues.find(({ failures }) => failures.some(({ result, test }) => result === trouble.result.id && test === trouble.test?.id));
  return issue ? { ...trouble, issue } : trouble;
}

function evidence(own: readonly Artefact[], cells: readonly Artefact[]): Artefact[] {
  const names = new Set(own.map((artefact) => artefact.name));
  return [...own, ...cells.filter((artefact) => !names.has(artefact.name))];
}

const requirementOrder = ['required', 'recommended', 'optional', 'trial'];

function group(troubles: readonly Trouble[], results: readonly Result[]): TroubleGroup[] {
  const groups = new Map<string, [Trouble, ...Trouble[]]>();
  for (const trouble of troubles) {
    const key = trouble.test ? `${trouble.outcome}\n${trouble.test.id}\n${trouble.failure.code}` : `${trouble.outcome}\n\n${trouble.failure.code}`;
    const known = groups.get(key);
    if (known) known.push(trouble);
    else groups.set(key, [trouble]);
  }
  const executed = new Map<string, number>();
  for (const test of results.flatMap((result) => result.tests)) {
    if (test.outcome === 'PASS' || test.outcome === 'FAIL' || test.outcome === 'DONE') executed.set(test.id, (executed.get(test.id) ?? 0) + 1);
  }
  return [...groups].map(([key, members]) => makeGroup(key, members, executed)).sort((a, b) => weight(a) - weight(b) || b.troubles.length - a.troubles.length || a.title.localeCompare(b.title));
}

function makeGroup(key: string, members: [Trouble, ...Trouble[]], executed: ReadonlyMap<string, number>): TroubleGroup {
  const [first] = members;
  members.sort((a, b) => Number(b.isNew) - Number(a.isNew) || a.result.cell.id.localeCompare(b.result.cell.id));
  return { key, title: first.test?.title ?? firstLine(first.failure.message), troubles: members, executedIn: first.test ? (executed.get(first.test.id) ?? members.length) : members.length };
}

function weight(item: TroubleGroup): number {
  const [first] = item.troubles;
  return (first.isNew ? 0 : 10) + (first.outcome === 'ERROR' ? -5 : 0) + Math.max(0, requirementOrder.indexOf(first.test?.requirement ?? 'required'));
}

function groupSkips(results: readonly Result[]): SkipGroup[] {
  const groups = new Map<string, { cell: CellId; title: string | undefined }[]>();
  const add = (reason: string, cell: CellId, title: string | undefined): void => {
    groups.set(reason, [...(groups.get(reason) ?? []), { cell, title }]);
  };
  for (const result of results) {
    const skipped = result.tests.filter((test) => test.outcome === 'SKIP');
    for (const test of skipped) add(test.attempts.at(-1)?.skipReason ?? test.attempts.at(-1)?.failure?.message ?? '', result.cell, test.title);
    if (result.outcome === 'SKIP' && skipped.length === 0) add(result.reason?.message ?? '', result.cell, undefined);
  }
  return [...groups].map(([reason, entries]) => ({ reason, entries })).sort((a, b) => b.entries.length - a.entries.length || a.reason.localeCompare(b.reason));
}
