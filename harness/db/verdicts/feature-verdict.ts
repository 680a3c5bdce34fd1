import type { TestVerdict } from './test-verdict.ts';

export type Verdict = 'works' | 'limited' | 'broken' | 'unsupported' | 'unstable' | 'unknown' | 'not_applicable';

/** A test of a feature, with its verdict; `skipped` when its last outcome was SKIP. */
export interface FeaturePart {
  readonly test: string;
  readonly title: string;
  readonly verdict: TestVerdict['verdict'];
  readonly suspect: boolean;
  readonly skipped: boolean;
}

export interface FeatureVerdict {
  readonly verdict: Verdict;
  readonly suspect: boolean;
  /** Titles of the parts that fail, of those that sometimes do, and of those without a scored run. */
  readonly failing: readonly string[];
  readonly unsteady: readonly string[];
  readonly untested: readonly string[];
}

/** Verdict of one feature from its tests. Part of it works and part fails: `limited`, with the failing parts. One walk: an answer asks for hundreds. */
export function featureVerdict(parts: readonly FeaturePart[]): FeatureVerdict {
  const failing: string[] = [];
  const unsteady: string[] = [];
  const untested: string[] = [];
  let working = 0;
  let suspect = false;
  for (const part of parts) {
    suspect ||= part.suspect;
    if (part.verdict === 'works') working += 1;
    else if (part.verdict === 'unstable') unsteady.push(part.title);
    else if (part.verdict !== 'unknown') failing.push(part.title);
    else if (!part.skipped) untested.push(part.title);
  }
  return { verdict: combine(parts, failing.length, unsteady.length, working), suspect, failing, unsteady, untested };
}

function combine(parts: readonly FeaturePart[], failing: number, unsteady: number, working: number): Verdict {
  if (failing > 0 && working > 0) return 'limited';
  if (failing > 0) return unsteady === 0 && parts.every((part) => part.verdict === 'unsupported' || part.verdict === 'unknown') ? 'unsupported' : 'broken';
  if (unsteady > 0) return 'unstable';
  if (working > 0) return 'works';
  return parts.length > 0 && parts.every((part) => part.skipped) ? 'not_applicable' : 'unknown';
}
