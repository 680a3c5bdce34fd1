import type { Headline } from '../verdicts/headline.ts';

/** From the best to the worst for a buyer. "Not tested" and "Does not work" have places of their own. */
export const headlineRank: Readonly<Record<Headline, number>> = {
  certified: 0,
  works: 1,
  'works-with-limits': 2,
  'expected-to-work': 3,
  conflicting: 4,
  'not-tested': 5,
  'expected-not-to-work': 6,
  'does-not-work': 7,
};

/** The last place that is worth proposing to a buyer. */
export const lastGoodRank = headlineRank['expected-to-work'];

/** All headlines, the best first. */
export const headlines: readonly Headline[] = (Object.keys(headlineRank) as Headline[]).sort((left, right) => headlineRank[left] - headlineRank[right]);
