// Generated from hardware-db/schemas/known-issue.schema.json by scripts/generate-types.ts; do not edit.

/**
 * @minItems 1
 */
export type List = [string, ...string[]];
/**
 * only cells whose device has one of these personalities
 *
 * @minItems 1
 */
export type List1 = [string, ...string[]];

/**
 * A failure that is known, with its scope and an end date. The raw outcome stays. hardware-db/known-issues/<id>.json.
 */
export interface KnownIssue {
  id: string;
  /**
   * errata: the product is wrong and will stay so for a while; contingency: it works after a setting; autotriage: sorts failures for people
   */
  kind: 'errata' | 'contingency' | 'autotriage';
  title: string;
  /**
   * the title in Russian, for pages and statements; the linter asks for it
   */
  titleRu?: string;
  scope: KnownIssueScope;
  signature: KnownIssueSignature;
  /**
   * of a contingency: what makes the features work; the word becomes works after setup
   *
   * @minItems 1
   */
  needs?: [KnownIssueNeed, ...KnownIssueNeed[]];
  /**
   * a failure with this signature is proof at the first time: no second failure is waited for
   */
  deterministic?: boolean;
  owner: string;
  /**
   * the issue where it is worked on
   */
  link: string;
  since: string;
  /**
   * the last day on which it applies
   */
  expires: string;
  /**
   * when it was fixed, as a day or to the second (2026-11-23T15:00:00Z): from then on, or from the day after, a result that shows it means that it is back, excuses nothing and stands on top of the night; it does not expire
   */
  closed?: string;
  note?: string;
}
/**
 * where it applies: every named list must contain the cell's value
 */
export interface KnownIssueScope {
  images?: List;
  machines?: List;
  devices?: List;
  models?: List;
  personalities?: List1;
  suites?: List;
  features?: List;
  tests?: List;
}
/**
 * how the failure is recognised; both must agree where both are given
 */
export interface KnownIssueSignature {
  /**
   * code of the failure
   */
  code?: string;
  /**
   * the failure's own signature, as results and hwlab repro name it: the issue is carried over only while the failure is the very same
   */
  failure?: string;
  /**
   * regular expression looked for in the message, expected and actual
   */
  message?: string;
}
export interface KnownIssueNeed {
  kind: 'package' | 'firmware' | 'plugin' | 'quirk' | 'kernel' | 'setting';
  /**
   * name of the package, the least kernel, or what to set
   */
  what: string;
}
