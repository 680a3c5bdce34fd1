import type { FactClaim } from '../generated/imported-fact.ts';
import type { Headline } from '../verdicts/headline.ts';

/** What a source says of a device, with where it stands. */
export interface SourcedClaim {
  /** The list and its version. */
  readonly source: string;
  /** ISO 8601 day. */
  readonly date: string;
  readonly licence: string;
  readonly at: string;
  readonly evidence: 'E1' | 'E3';
  /** Of E3: `needed`, or who reviewed it. */
  readonly review?: string;
  readonly says: FactClaim['says'];
  readonly feature?: string;
  readonly driver?: string;
  readonly text?: string;
}

/** Headlines that claims may give: never one that says that it works, or does not. */
export type ExpectedHeadline = Extract<Headline, 'expected-to-work' | 'expected-not-to-work' | 'not-tested'>;

const meaning: Readonly<Record<FactClaim['says'], 'good' | 'bad' | 'silent'>> = { works: 'good', limited: 'good', broken: 'bad', untested: 'silent', seen: 'silent', owned: 'silent', quirk: 'silent' };

/**
 * What may be expected by claims alone. A list that says "works" and another that says "broken" leave it open, as neither was tried by us. A probe that nobody
 * reviewed says nothing, as its statuses are those of a program that did not print or scan. For use where neither a test nor the image itself says anything.
 */
export function expectationOf(claims: readonly Pick<SourcedClaim, 'says' | 'evidence' | 'review'>[]): ExpectedHeadline {
  const counted = claims.filter(counts).map(({ says }) => meaning[says]);
  const good = counted.includes('good');
  const bad = counted.includes('bad');
  if (good === bad) return 'not-tested';
  return good ? 'expected-to-work' : 'expected-not-to-work';
}

/** The strongest evidence among the claims that say something. */
export function levelOf(claims: readonly Pick<SourcedClaim, 'says' | 'evidence' | 'review'>[]): 'E1' | 'E3' | null {
  const counted = claims.filter((claim) => counts(claim) && meaning[claim.says] !== 'silent').map(({ evidence }) => evidence);
  return counted.includes('E3') ? 'E3' : counted.includes('E1') ? 'E1' : null;
}

/** A list counts as it is; a report from the field once a person reviewed it. */
function counts({ evidence, review }: Pick<SourcedClaim, 'evidence' | 'review'>): boolean {
  return evidence === 'E1' || (review !== undefined && review !== 'needed');
}
