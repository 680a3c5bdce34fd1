import { nextStep, type Observation, type SearchOptions } from './search.ts';

/** How many runs a search takes. */
export interface SearchCost {
  /** In the middle. */
  readonly usual: number;
  /** In 95 of 100 searches not more than that; with a rate of 1, never more. */
  readonly most: number;
}

const searches = 100;

/** Plays searches through, without a machine: one for every change where each answer is sure, a hundred drawn ones otherwise. */
export function searchCost(changes: number, options: SearchOptions): SearchCost {
  if (changes <= 1) return { usual: 0, most: 0 };
  if (options.rate === 1) return { usual: Math.ceil(Math.log2(changes)), most: Math.ceil(Math.log2(changes)) };
  const random = drawnFrom(changes);
  const counts = Array.from({ length: searches }, (_, index) => played(changes, 1 + Math.floor((index * changes) / searches), options, random)).sort((a, b) => a - b);
  return { usual: counts[Math.floor(searches / 2)] ?? 0, most: counts[Math.floor(searches * 0.95)] ?? 0 };
}

function played(changes: number, firstBad: number, options: SearchOptions, random: () => number): number {
  const seen: Observation[] = [];
  for (;;) {
    const step = nextStep(changes, seen, options);
    if (step.kind !== 'test') return seen.length;
    seen.push({ at: step.at, outcome: step.at >= firstBad && random() < options.rate ? 'bad' : 'good' });
  }
}

/** The same numbers for the same seed, so that the same cost is printed twice (a linear congruential generator, Numerical Recipes 7.1). */
export function drawnFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
