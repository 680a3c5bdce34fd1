import type { KnownIssue } from './generated/known-issue.ts';
import { isDeterministicFailure, matchKnownIssues } from './match-known-issues.ts';
import type { HistoryRules } from './verdicts/test-history.ts';

/** What the known issues of a day say of results that are folded. */
export function historyRules(issues: readonly KnownIssue[], now: Date): HistoryRules {
  return {
    isDeterministic: (result, test, failure) => isDeterministicFailure(result, test, failure, issues, now),
    issuesOf: (result) => matchKnownIssues(result, issues, now),
  };
}
