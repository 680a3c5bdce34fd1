import type { KnownIssue } from '../generated/known-issue.ts';
import type { UnitHistory } from './test-history.ts';

/** A known issue that concerns a device on an image: the failures of the newest runs show it, or were looked for in vain. */
export interface AppliedWaiver {
  /** Id of the known issue. */
  readonly issue: string;
  readonly kind: KnownIssue['kind'];
  readonly title: string;
  /** The title in Russian, where there is one. */
  readonly titleRu?: string;
  readonly link: string;
  /** ISO date, the last day on which it applies. */
  readonly expires: string;
  /** `absent`: tests in its scope ran and did not show it, which is evidence that it is fixed. */
  readonly state: 'present' | 'absent';
  /** Features whose newest run shows it, or ran without it. */
  readonly features: readonly string[];
  /** Ids of the results that show it or ran without it, newest first. */
  readonly results: readonly string[];
}

/** The known issues of the newest runs of a device on an image; one that any unit shows is present. By id. */
export function appliedWaivers(units: readonly Pick<UnitHistory, 'issues' | 'newest' | 'tests'>[]): readonly AppliedWaiver[] {
  const matches = units.flatMap(({ issues, newest, tests }) => issues.map((match) => ({ ...match, newest, features: match.tests.flatMap((id) => tests.get(id)?.feature ?? []) })));
  return [...Map.groupBy(matches, ({ issue }) => issue.id).values()]
    .flatMap((own): readonly AppliedWaiver[] => {
      const present = own.filter(({ state }) => state === 'present');
      const telling = present.length > 0 ? present : own;
      const issue = telling[0]?.issue;
      if (issue === undefined) return [];
      const { id, kind, title, titleRu, link, expires } = issue;
      return [{ issue: id, kind, title, ...(titleRu === undefined ? {} : { titleRu }), link, expires, state: present.length > 0 ? 'present' : 'absent', features: [...new Set(telling.flatMap(({ features }) => features))].sort(), results: [...new Set(telling.map(({ newest }) => newest))].sort().reverse() }];
    })
    .sort((left, right) => left.issue.localeCompare(right.issue, 'en'));
}
