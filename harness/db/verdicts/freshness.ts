import type { Headline } from './headline.ts';

export type Freshness = 'fresh' | 'ageing' | 'stale' | 'incomplete' | 'retired';

/** What the evidence was made with and what there is now. */
export interface FreshnessFacts {
  /** ISO 8601 of the newest scored run that the headline stands on. */
  readonly testedAt: string;
  readonly now: Date;
  /** Kernel release of the evidence and of the newest known state of the image: `6.1.0-30-amd64`. */
  readonly kernel: { readonly tested: string | undefined; readonly current: string | undefined };
  /** Versions of driver and userland packages, by name. */
  readonly packages: { readonly tested: Readonly<Record<string, string>>; readonly current: Readonly<Record<string, string>> };
  /** How many newer point releases of the OS release there are. */
  readonly newerPointReleases: number;
  /** A required test has no scored run. */
  readonly requiredUntested: boolean;
  /** The OS release or the device is out of the programme. */
  readonly retired: boolean;
}

const day = 86_400_000;

/** How far the evidence can still be trusted (VERDICTS.md, 5). The first that applies: retired, stale, incomplete, ageing, fresh. */
export function freshnessOf(facts: FreshnessFacts): Freshness {
  const age = facts.now.getTime() - Date.parse(facts.testedAt);
  if (facts.retired) return 'retired';
  if (age > 365 * day || facts.newerPointReleases >= 2 || kernelChanged(facts) || packageChanged(facts)) return 'stale';
  if (facts.requiredUntested) return 'incomplete';
  if (age > 90 * day || facts.newerPointReleases === 1) return 'ageing';
  return 'fresh';
}

/** A stale headline says one step less. */
export const oneStepDown: Readonly<Record<Headline, Headline>> = {
  certified: 'works',
  works: 'expected-to-work',
  'works-with-limits': 'expected-to-work',
  'does-not-work': 'expected-not-to-work',
  conflicting: 'not-tested',
  'expected-to-work': 'not-tested',
  'expected-not-to-work': 'not-tested',
  'not-tested': 'not-tested',
};

function kernelChanged({ kernel: { tested, current } }: FreshnessFacts): boolean {
  return tested !== undefined && current !== undefined && series(tested) !== series(current);
}

/** `6.1` of `6.1.0-30-amd64`. */
function series(release: string): string {
  return release.split('.', 2).join('.');
}

function packageChanged({ packages: { tested, current } }: FreshnessFacts): boolean {
  return Object.entries(tested).some(([name, version]) => current[name] !== undefined && current[name] !== version);
}
