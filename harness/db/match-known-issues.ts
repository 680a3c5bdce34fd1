import type { KnownIssue } from './generated/known-issue.ts';
import { cellSignature, signatureOf } from './failure-signature.ts';
import type { Failure, FailureSignature, Result, TestResult } from './generated/result.ts';

/** A known issue that was looked for in a result. */
export interface KnownIssueMatch {
  readonly issue: KnownIssue;
  /** `present`: a failure has its signature. `absent`: a test in its scope passed and none shows it, which is evidence that it is fixed. */
  readonly state: 'present' | 'absent';
  /** Tests that show it, or that ran without it; empty when the cell as a whole shows it. */
  readonly tests: readonly string[];
}

/** Of `2026-11-23`. */
const dayLength = 10;

/** Most characters of a failure that a signature is looked for in: the text comes from the guest. */
const longestSearched = 4000;

/**
 * Which known issues a result shows, and which it was in the scope of and does not show. Issues that have expired, or that do
 * not concern the cell, are left out; so are those of which no test in scope passed or shows it.
 * @param now decides about expiry; an issue applies up to and including its last day (UTC)
 */
export function matchKnownIssues(result: Result, issues: readonly KnownIssue[], now: Date): readonly KnownIssueMatch[] {
  return issues.filter((issue) => !isExpired(issue, now) && !isOver(issue, result) && concernsCell(issue, result)).flatMap((issue) => lookFor(issue, result));
}

/** Closed issues that a result of a later day shows again, with the tests that show them. */
export function returnedIssues(result: Result, issues: readonly KnownIssue[]): readonly KnownIssueMatch[] {
  return issues.filter((issue) => isOver(issue, result) && concernsCell(issue, result)).flatMap((issue) => lookFor(issue, result)).filter(({ state }) => state === 'present');
}

/**
 * Issues that a result is in the scope of and does not show as its tests fail in another way: they are not carried over, and nothing says that they are fixed. With
 * the tests that do.
 */
export function issuesFailingOtherwise(result: Result, issues: readonly KnownIssue[], now: Date): readonly { readonly issue: KnownIssue; readonly tests: readonly string[] }[] {
  return issues.filter((issue) => !isExpired(issue, now) && !isOver(issue, result) && concernsCell(issue, result) && lookFor(issue, result).length === 0).flatMap((issue) => {
    const failing = result.tests.filter((test) => test.outcome === 'FAIL' && concernsTest(issue, test));
    return failing.length > 0 ? [{ issue, tests: failing.map(({ id }) => id) }] : [];
  });
}

/** Whether an issue was closed before a result, or before its day where no time is said: then it excuses nothing of it. */
function isOver({ closed }: KnownIssue, { startedAt }: Result): boolean {
  if (closed === undefined) return false;
  return closed.length === dayLength ? startedAt.slice(0, dayLength) > closed : Date.parse(startedAt) > Date.parse(closed);
}

/** Whether a failure of a test in a cell is a known deterministic one: proof at the first time. */
export function isDeterministicFailure(result: Result, test: TestResult, failure: Failure, issues: readonly KnownIssue[], now: Date): boolean {
  return issues.some((issue) => issue.deterministic === true && !isExpired(issue, now) && !isOver(issue, result) && concernsCell(issue, result) && concernsTest(issue, test) && hasSignature(issue, failure, signatureIn(test, failure)));
}

/** A closed issue is looked for as long as its file is there. */
export function isExpired(issue: KnownIssue, now: Date): boolean {
  return issue.closed === undefined && now.toISOString().slice(0, 10) > issue.expires;
}

/** Whether a failure has an issue's signature: the code, the pattern and the failure's own signature agree, where they are given. `own` is that of the attempt. */
export function hasSignature({ signature }: KnownIssue, failure: Failure, own: FailureSignature | undefined): boolean {
  if (signature.failure !== undefined && signature.failure !== own?.id) return false;
  if (signature.code !== undefined && signature.code !== failure.code) return false;
  if (signature.message === undefined) return true;
  const text = [failure.message, failure.expected, failure.actual].filter((part) => part !== undefined).join('\n').slice(0, longestSearched);
  return new RegExp(signature.message, 'u').test(text);
}

function lookFor(issue: KnownIssue, result: Result): readonly KnownIssueMatch[] {
  const inScope = result.tests.filter((test) => concernsTest(issue, test));
  const showing = inScope.filter((test) => test.attempts.some((attempt) => attempt.failure !== undefined && hasSignature(issue, attempt.failure, signatureOf(test.feature, attempt))));
  if (showing.length > 0) return [{ issue, state: 'present', tests: showing.map((test) => test.id) }];
  if (result.reason !== undefined && hasSignature(issue, result.reason, cellSignature(result))) return [{ issue, state: 'present', tests: [] }];
  // A test that fails in another way may hide it.
  const passed = inScope.filter((test) => test.outcome === 'PASS');
  return passed.length > 0 ? [{ issue, state: 'absent', tests: passed.map((test) => test.id) }] : [];
}

function signatureIn(test: TestResult, failure: Failure): FailureSignature | undefined {
  const attempt = test.attempts.find((each) => each.failure === failure);
  return attempt && signatureOf(test.feature, attempt);
}

function concernsCell({ scope }: KnownIssue, { cell }: Result): boolean {
  return (
    allows(scope.images, cell.image) &&
    allows(scope.machines, cell.machine) &&
    allows(scope.devices, cell.device) &&
    allows(scope.models, cell.model) &&
    (scope.personalities?.some((id) => cell.personalities?.includes(id)) ?? true) &&
    allows(scope.suites, cell.suite)
  );
}

function concernsTest({ scope }: KnownIssue, test: TestResult): boolean {
  return allows(scope.features, test.feature) && allows(scope.tests, test.id);
}

function allows(list: readonly string[] | undefined, value: string): boolean {
  return list === undefined || list.includes(value);
}
