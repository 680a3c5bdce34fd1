import type { KnownIssue } from './generated/known-issue.ts';
import type { Result } from './generated/result.ts';
import { issuesFailingOtherwise, matchKnownIssues, returnedIssues } from './match-known-issues.ts';

/** A known issue on one night. */
export interface NightIssue {
  readonly id: string;
  readonly title: string;
  /** The title in Russian. */
  readonly titleRu?: string;
  readonly link: string;
  /** `returned`: closed, and seen again. `absent`: looked for in what passed, and not seen. `otherwise`: what it is about fails in another way, so it is not carried over. */
  readonly state: 'returned' | 'present' | 'otherwise' | 'absent';
  /** Names of the cells that show it, or ran without it. */
  readonly cells: readonly string[];
  /** The failures that it names, by result and test; a cell that broke as a whole has no test. None where it was not seen. */
  readonly failures: readonly { readonly result: string; readonly test?: string }[];
}

const order = ['returned', 'present', 'otherwise', 'absent'] as const;

/** What a night says of each known issue that concerns it: what came back first. One that any cell shows is present. */
export function nightIssues(results: readonly Result[], issues: readonly KnownIssue[], now: Date): readonly NightIssue[] {
  const seen = results.flatMap((result) => [
    ...returnedIssues(result, issues).map(({ issue, tests }) => ({ issue, state: 'returned' as const, result, tests })),
    ...matchKnownIssues(result, issues, now).map(({ issue, state, tests }) => ({ issue, state, result, tests })),
    ...issuesFailingOtherwise(result, issues, now).map(({ issue, tests }) => ({ issue, state: 'otherwise' as const, result, tests })),
  ]);
  return [...Map.groupBy(seen, ({ issue }) => issue.id).values()]
    .flatMap((own): readonly NightIssue[] => {
      const state = order.find((each) => own.some((one) => one.state === each));
      const [first] = own;
      if (first === undefined || state === undefined) return [];
      const { id, title, titleRu, link } = first.issue;
      const shown = own.filter((one) => one.state === state);
      const failures = state === 'returned' || state === 'present' ? shown.flatMap(({ result, tests }) => (tests.length === 0 ? [{ result: result.id }] : tests.map((test) => ({ result: result.id, test })))) : [];
      return [{ id, title, ...(titleRu === undefined ? {} : { titleRu }), link, state, cells: [...new Set(shown.map(({ result }) => result.cell.id))].sort(), failures }];
    })
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.id.localeCompare(b.id, 'en'));
}
