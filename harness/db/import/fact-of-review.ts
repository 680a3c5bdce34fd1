import type { Review } from '../generated/review.ts';
import type { ImportedFact } from '../generated/imported-fact.ts';

/** What a review says, in the form of an imported fact: evidence E3 with who read it and when. */
export function factOfReview({ vendor, name, says, text, reviewer, reviewedAt, source }: Review): Pick<ImportedFact, 'device' | 'evidence' | 'review' | 'claim'> & { readonly source: Omit<ImportedFact['source'], 'kind' | 'importedAt'> & { readonly kind: 'review' } } {
  return {
    source: { kind: 'review', name: `${source.name} (${source.url})`, date: source.date, licence: source.licence, at: source.url },
    evidence: 'E3',
    review: `${reviewer}, ${reviewedAt}`,
    device: { vendor, name },
    claim: { says, ...(text === undefined ? {} : { text }) },
  };
}
