import type { Match } from './match-devices.ts';

/** What may be said about matches. */
export type Decision =
  | { readonly kind: 'one'; readonly match: Match }
  /** Two or more may be meant; a person chooses. */
  | { readonly kind: 'several'; readonly matches: readonly Match[] }
  /** None is meant for certain; these are alike. */
  | { readonly kind: 'related'; readonly matches: readonly Match[] }
  | { readonly kind: 'none' };

/** From here on a match is taken as the device that was meant. */
export const certain = 0.85;
/** A second match this near to the first makes the first uncertain. */
export const margin = 0.08;

/** From here on a match is worth choosing from. */
export const likely = 0.62;

/** Decides what matches mean, sorted by confidence. Never picks one of several. */
export function decide(matches: readonly Match[]): Decision {
  const [best] = matches;
  if (best === undefined) return { kind: 'none' };
  if (best.kind === 'related' || best.confidence < likely) return { kind: 'related', matches };
  const rivals = matches.filter((match) => match.kind !== 'related' && best.confidence - match.confidence < margin);
  if (best.confidence < certain) return rivals.length > 1 ? { kind: 'several', matches: rivals } : { kind: 'related', matches };
  // A name or an id that is known as such is not made doubtful by names that are merely alike.
  const known = rivals.filter((match) => match.kind !== 'fuzzy');
  const meant = best.kind !== 'fuzzy' && best.confidence >= proper ? known : rivals;
  return meant.length === 1 ? { kind: 'one', match: best } : { kind: 'several', matches: meant };
}

/** From here on nothing of a name was left open. */
const proper = 0.98;
