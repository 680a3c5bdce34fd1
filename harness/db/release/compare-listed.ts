import type { Database } from '../database.ts';
import { FactGroups } from '../import/entries-from-facts.ts';
import { expectationOf, type ExpectedHeadline, type SourcedClaim } from '../import/expectation.ts';
import { factOfReview } from '../import/fact-of-review.ts';
import { isNaming } from '../import/open-identity.ts';
import { readImportedFacts } from '../import/read-imported.ts';

/** What public lists and reviewed reports let expect of a model, where that differs between two states of the data. It changes no answer. */
export interface ListedChange {
  /** Maker and name. */
  readonly name: string;
  readonly from: ExpectedHeadline;
  readonly to: ExpectedHeadline;
  /** What is said now and was not, and what is no longer said. */
  readonly said: readonly SourcedClaim[];
  readonly unsaid: readonly SourcedClaim[];
}

/** Every model of which something else may be expected, or which other reports speak of, by name. */
export async function compareListed(before: Database, after: Database): Promise<readonly ListedChange[]> {
  const [was, is] = [await groupsOf(before), await groupsOf(after)];
  const names = new Map([...was.entries(), ...is.entries()].map(([key, { vendor, name }]) => [key, `${vendor} ${name}`.trim()]));
  return [...names]
    .flatMap(([key, name]): readonly ListedChange[] => {
      const [old, now] = [was.claims(key), is.claims(key)];
      const change = { name, from: expectationOf(old), to: expectationOf(now), said: missing(now, old), unsaid: missing(old, now) };
      const reported = [...change.said, ...change.unsaid].some(({ evidence }) => evidence === 'E3');
      return change.from === change.to && !reported ? [] : [change];
    })
    .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}

async function groupsOf(database: Database): Promise<FactGroups> {
  const groups = new FactGroups();
  for await (const fact of readImportedFacts(database.folder)) if (isNaming(fact) && fact.claim !== undefined) groups.add(fact);
  for (const review of await database.reviews()) groups.add(factOfReview(review));
  return groups;
}

/** Claims of the first that the second has not. */
function missing(claims: readonly SourcedClaim[], others: readonly SourcedClaim[]): readonly SourcedClaim[] {
  const known = new Set(others.map((claim) => JSON.stringify(claim)));
  return claims.filter((claim) => !known.has(JSON.stringify(claim)));
}
