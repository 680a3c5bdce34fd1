import { cellSignature, sameSignature, signaturesOf } from '../db/failure-signature.ts';
import type { FailureSignature, Result, TestResult } from '../db/generated/result.ts';

/** What a repetition says: `no answer` when the lab failed, or nothing ran. */
export type Answer = 'same failure' | 'other failure' | 'passes' | 'no answer';

/** One test, or the cell as a whole (`test` undefined), as it was and as it is. */
export interface TestAnswer {
  readonly test: string | undefined;
  readonly answer: Answer;
  readonly was: FailureSignature | undefined;
  readonly is: FailureSignature | undefined;
  /** First line of what it said this time. */
  readonly said: string | undefined;
}

export interface Judgement {
  readonly answer: Answer;
  readonly tests: readonly TestAnswer[];
}

/**
 * Compares a repetition with the result that it repeats, by signatures. Looked at is the named test, or every test that failed, and the reason of a
 * cell that broke as a whole; of a result without a failure, all that it ran. A test that failed with two signatures on two attempts is the same with either.
 */
export function judgeRepro(was: Result, is: Result, test?: string): Judgement {
  const failing = was.tests.filter((each) => each.id === test || (test === undefined && isFailure(each)));
  const asked = failing.length > 0 ? failing : was.reason === undefined ? was.tests : [];
  const answers = asked.map((each) => judgeTest(each, is.tests.find((other) => other.id === each.id), is));
  if (was.reason !== undefined && test === undefined) answers.push(judgeCell(was, is));
  const others = is.tests.filter((each) => isFailure(each) && !asked.some(({ id }) => id === each.id));
  const more = others.map((each): TestAnswer => ({ test: each.id, answer: 'other failure', was: undefined, is: signaturesOf(each)[0], said: saidOf(each) }));
  return { answer: wholeAnswer(answers, more), tests: [...answers, ...more] };
}

/** All the same is the same; one that failed otherwise, or one that did not fail before, is another failure; passes only when nothing fails. */
function wholeAnswer(answers: readonly TestAnswer[], more: readonly TestAnswer[]): Answer {
  const said = new Set(answers.map(({ answer }) => answer));
  if (answers.length === 0 || said.has('no answer')) return 'no answer';
  if (said.has('other failure')) return 'other failure';
  if (said.has('same failure')) return said.size === 1 ? 'same failure' : 'other failure';
  return more.length > 0 ? 'other failure' : 'passes';
}

function judgeTest(was: TestResult, is: TestResult | undefined, whole: Result): TestAnswer {
  const before = signaturesOf(was);
  const base = { test: was.id, was: before[0] };
  if (!is) {
    const reason = cellSignature(whole);
    return { ...base, answer: whole.reason?.blame === 'product' ? 'other failure' : 'no answer', is: reason, said: firstLine(whole.reason?.message) };
  }
  const [now] = signaturesOf(is);
  if (is.outcome === 'PASS' || is.outcome === 'DONE') return { ...base, answer: 'passes', is: undefined, said: undefined };
  const missed = is.outcome === 'MISS' || is.outcome === 'SKIP';
  const same = now !== undefined && before.some((each) => sameSignature(each, now));
  if (missed && !same) return { ...base, answer: 'no answer', is: now, said: saidOf(is) };
  return { ...base, answer: same ? 'same failure' : 'other failure', is: now, said: saidOf(is) };
}

function judgeCell(was: Result, is: Result): TestAnswer {
  const before = cellSignature(was);
  const now = cellSignature(is);
  const base = { test: undefined, was: before, is: now, said: firstLine(is.reason?.message) };
  if (before && now) return { ...base, answer: sameSignature(before, now) ? 'same failure' : is.reason?.blame === 'product' ? 'other failure' : 'no answer' };
  return { ...base, answer: is.tests.length > 0 ? 'passes' : 'no answer' };
}

/** Whether a test did not pass, whoever is to blame. */
export function isFailure(test: TestResult): boolean {
  return test.outcome === 'FAIL' || test.outcome === 'ERROR' || test.outcome === 'MISS';
}

function saidOf(test: TestResult): string | undefined {
  const last = test.attempts.at(-1);
  return firstLine(last?.failure?.message ?? last?.skipReason);
}

function firstLine(text: string | undefined): string | undefined {
  return text?.split('\n')[0]?.slice(0, 300);
}
