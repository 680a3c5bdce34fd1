// Generated from hardware-db/schemas/frozen-answer.schema.json by scripts/generate-types.ts; do not edit.

export type FrozenHeadline =
  | 'certified'
  | 'works'
  | 'works-with-limits'
  | 'does-not-work'
  | 'conflicting'
  | 'expected-to-work'
  | 'expected-not-to-work'
  | 'not-tested';

/**
 * What a data release said of a product on an image; one line of its answers.jsonl. A pair that has no line was not tested.
 */
export interface FrozenAnswer {
  device: string;
  /**
   * vendor and name
   */
  name: string;
  image: string;
  headline: FrozenHeadline;
  headlineWhenTested: FrozenHeadline;
  level: 'E0' | 'E1' | 'E2' | 'E3' | 'E4' | 'E5' | null;
  freshness: 'fresh' | 'ageing' | 'stale' | 'incomplete' | 'retired' | null;
  contested: boolean;
  /**
   * ISO 8601
   */
  lastTestedAt: string | null;
  /**
   * ISO date
   */
  validUntil: string | null;
  /**
   * verdict by suite/feature, of features that were ever attempted and can change a headline
   */
  features: {
    [k: string]: 'works' | 'limited' | 'broken' | 'unsupported' | 'unstable' | 'unknown' | 'not_applicable';
  };
}
