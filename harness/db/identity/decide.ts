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

/** Decides what matches mean, sorted by confidence. Never picks one of several. */
export function decide(matches: readonly Match[]): Decision {
  const [best] = matches;
  if (best === undefined) return { kind: 'none' };
  if (best.kind === 'related' || best.confidence < certain) return { kind: 'related', matches };
  const rivals = matches.filter((match) => match.kind !== 'related' && best.confidence - match.confidence < margin);
  return rivals.length === 1 ? { kind: 'one', match: best } : { kind: 'several', matches: rivals };
}
