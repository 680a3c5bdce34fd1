import type { KnownIssue } from '../generated/known-issue.ts';

/** A known issue that concerns a device on an image: the failures of the newest runs show it, or were looked for in vain. */
export interface AppliedWaiver {
  /** Id of the known issue. */
  readonly issue: string;
  readonly kind: KnownIssue['kind'];
  readonly title: string;
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
