// Generated from hardware-db/schemas/assertions.schema.json by scripts/generate-types.ts; do not edit.

/**
 * What is asserted of a class of devices, and which features of which suites prove it. suites/assertions/<class>.json; suites/README.md is made from it.
 *
 * @minItems 1
 */
export type Assertions = [Assertion, ...Assertion[]];

export interface Assertion {
  /**
   * P and I printers, S scanners, T panels, R robotics
   */
  id: string;
  /**
   * what must be so, in one sentence
   */
  asserts: string;
  /**
   * the features whose tests prove it; empty when it is left out
   */
  provenBy: AssertionProof[];
  /**
   * what of it the features do not prove, and why
   */
  without?: string;
  /**
   * why nothing proves it
   */
  leftOut?: string;
  /**
   * public reports of it
   *
   * @minItems 1
   */
  threads?: [string, ...string[]];
}
export interface AssertionProof {
  suite: string;
  feature: string;
  /**
   * proven when the device has this quirk, as plan personalities runs it
   */
  personality?: string;
}
