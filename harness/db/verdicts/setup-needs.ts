import type { KnownIssue } from '../generated/known-issue.ts';
import type { Need } from './need.ts';
import type { Verdict } from './feature-verdict.ts';

/** A part of a feature that fails, with the known issues that its newest run shows. */
export interface FailingPart {
  readonly issues: readonly Pick<KnownIssue, 'id' | 'kind' | 'needs'>[];
}

/**
 * What makes a feature work that does not out of the box (VERDICTS.md, 2 and 6): only when every part that fails is explained by a
 * contingency that says what to install or set. Errata and autotriage explain a failure and change nothing. Empty: nothing is known to help.
 */
export function setupNeeds(feature: string, verdict: Verdict, failing: readonly FailingPart[]): readonly Need[] {
  const fails = verdict === 'broken' || verdict === 'limited' || verdict === 'unsupported';
  if (!fails || failing.length === 0) return [];
  const helping = failing.map(({ issues }) => issues.filter((issue) => issue.kind === 'contingency' && issue.needs !== undefined));
  if (helping.some((issues) => issues.length === 0)) return [];
  const needs = new Map<string, Need>();
  for (const issue of helping.flat()) for (const { kind, what } of issue.needs ?? []) needs.set(`${kind}\n${what}\n${issue.id}`, { kind, what, features: [feature], issue: issue.id });
  return [...needs.values()];
}

/** Needs of several features together: each once, with all features that need it. */
export function joinNeeds(needs: readonly Need[]): readonly Need[] {
  const groups = Map.groupBy(needs, ({ kind, what, issue }) => `${kind}\n${what}\n${issue}`);
  return [...groups.values()].flatMap((own) => (own[0] === undefined ? [] : [{ ...own[0], features: [...new Set(own.flatMap(({ features }) => features))].sort() }]));
}
