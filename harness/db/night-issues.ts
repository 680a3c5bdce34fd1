import type { KnownIssue } from './generated/known-issue.ts';
import type { Result } from './generated/result.ts';
import { matchKnownIssues, returnedIssues } from './match-known-issues.ts';

/** A known issue on one night. */
export interface NightIssue {
  readonly id: string;
  readonly title: string;
  readonly link: string;
  /** `returned`: closed, and seen again. `absent`: looked for in what ran, and not seen. */
  readonly state: 'returned' | 'present' | 'absent';
  /** Names of the cells that show it, or ran without it. */
  readonly cells: readonly string[];
}

const order = ['returned', 'present', 'absent'] as const;

/** What a night says of each known issue that concerns it: what came back first. One that any cell shows is present. */
export function nightIssues(results: readonly Result[], issues: readonly KnownIssue[], now: Date): readonly NightIssue[] {
  const seen = results.flatMap((result) => [
    ...returnedIssues(result, issues).map(({ issue }) => ({ issue, state: 'returned' as const, cell: result.cell.id })),
    ...matchKnownIssues(result, issues, now).map(({ issue, state }) => ({ issue, state, cell: result.cell.id })),
  ]);
  return [...Map.groupBy(seen, ({ issue }) => issue.id).values()]
    .flatMap((own): readonly NightIssue[] => {
      const state = order.find((each) => own.some((one) => one.state === each));
      const [first] = own;
      if (first === undefined || state === undefined) return [];
      const { id, title, link } = first.issue;
      return [{ id, title, link, state, cells: [...new Set(own.filter((one) => one.state === state).map(({ cell }) => cell))].sort() }];
    })
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.id.localeCompare(b.id, 'en'));
}
