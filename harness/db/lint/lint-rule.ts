import type { LintContext } from './lint-context.ts';

/** Something wrong with the data. */
export interface LintProblem {
  /** Relative to the checkout where it is in it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** A warning does not fail the lint. */
  readonly severity: 'error' | 'warning';
  readonly advice?: string;
}

/** A problem with the name of the rule that found it. */
export interface FoundProblem extends LintProblem {
  readonly rule: string;
}

/** What a rule is about: `file` by itself, files `together`, or the `results`. */
export type LintScope = 'file' | 'together' | 'results';

/** One rule of the database linter. */
export interface LintRule {
  readonly name: string;
  readonly scope: LintScope;
  /** What it demands, one line. */
  readonly demands: string;
  check(context: LintContext): readonly LintProblem[] | Promise<readonly LintProblem[]>;
}
