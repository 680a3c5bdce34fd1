// Generated from hardware-db/schemas/observations.schema.json by scripts/generate-types.ts; do not edit.

/**
 * What an image does about quirks of real devices, as the last run showed it. Written by `hwlab personality record`. hardware-db/observations/<image>.json.
 */
export interface Observations {
  image: string;
  observations: Observation[];
}
export interface Observation {
  /**
   * @minItems 1
   */
  personalities: [string, ...string[]];
  model: string;
  suite: string;
  seen: string;
  night: string;
  imageSha256: string;
  suiteRevision: string;
  outcome: 'PASS' | 'FAIL';
  /**
   * features that the quirk leaves as they are
   */
  works: string[];
  fails: ObservedFailure[];
  /**
   * features of which nothing is known: the cell had ended, or the lab was in the way
   *
   * @minItems 1
   */
  notRun?: [string, ...string[]];
}
export interface ObservedFailure {
  feature: string;
  message: string;
  /**
   * @minItems 1
   */
  knownIssues?: [string, ...string[]];
}
