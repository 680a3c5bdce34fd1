import type { Investigation, InvestigationCheck } from '../../db/generated/investigations.ts';
import type { Both } from './because.ts';
import { nextCheck, outOfTime, type CheckKind, type SinceLastGood } from './judge.ts';

/** Runs one check of one failure. `not done` with the reason where it cannot be had. Rejects only when it is interrupted. */
export interface Checks {
  run(check: CheckKind): Promise<InvestigationCheck>;
}

export interface InvestigationQuestion {
  /** Id of the failing result, and of its test where one failed. */
  readonly result: string;
  readonly test?: string;
  readonly signature: string;
  readonly since: SinceLastGood | undefined;
  readonly harness: string;
  /** No check begins once this is true. */
  readonly outOfTime: () => boolean;
  readonly now: () => number;
}

/** Tries one thing after another until it is decided whose failure it is, or the time ends. */
export async function investigate(question: InvestigationQuestion, checks: Checks, onCheck: (check: InvestigationCheck) => void): Promise<Investigation> {
  const { result, test, signature, since, harness, now } = question;
  const started = now();
  const done: InvestigationCheck[] = [];
  const close = (verdict: Investigation['verdict'], reasons: readonly Both[], late: boolean): Investigation => ({
    result,
    ...(test === undefined ? {} : { test }),
    signature,
    at: new Date(started).toISOString(),
    verdict,
    reasons: sentences(reasons.map(([en]) => en)),
    reasonsInRussian: sentences(reasons.map(([, ru]) => ru)),
    checks: done,
    seconds: Math.round((now() - started) / 100) / 10,
    ...(late ? { outOfTime: true as const } : {}),
    harness,
  });
  for (;;) {
    const next = nextCheck(since, done);
    if ('verdict' in next) return close(next.verdict, next.reasons, false);
    if (question.outOfTime()) {
      const { verdict, reasons } = outOfTime(done);
      return close(verdict, reasons, true);
    }
    const check = await checks.run(next.check);
    done.push(check);
    onCheck(check);
  }
}

function sentences([first = '?', ...more]: readonly string[]): [string, ...string[]] {
  return [first.slice(0, 500), ...more.map((each) => each.slice(0, 500))];
}
