// Generated from hardware-db/schemas/investigations.schema.json by scripts/generate-types.ts; do not edit.

/**
 * What was found out about the failures of one night, beside its results: results/<YYYY-MM>/<night>.investigations.json. No verdict is made of it.
 */
export interface Investigations {
  schema: 'hwlab/investigations/1';
  night: string;
  /**
   * @maxItems 10000
   */
  investigations: Investigation[];
}
/**
 * One failure, what was tried with it, and whose it is.
 */
export interface Investigation {
  result: string;
  /**
   * id of the test; left out where the cell broke as a whole
   */
  test?: string;
  signature: string;
  at: string;
  verdict: 'sporadic' | 'product' | 'test' | 'environment' | 'device' | 'undecided';
  /**
   * @minItems 1
   */
  reasons: [string, ...string[]];
  /**
   * the same reasons, one for one
   *
   * @minItems 1
   */
  reasonsInRussian?: [string, ...string[]];
  /**
   * @maxItems 50
   */
  checks: InvestigationCheck[];
  seconds: number;
  /**
   * the budget ended before it was decided
   */
  outOfTime?: true;
  harness: string;
}
export interface InvestigationCheck {
  check: 'again' | 'last-good-image' | 'last-good-suite' | 'other-machine' | 'other-model';
  /**
   * what was not as in the result: an image, a suite's revision, a machine, a model
   */
  on: string;
  answer: 'same failure' | 'other failure' | 'passes' | 'no answer' | 'not done';
  /**
   * id of the run that says so, in reports/repro, or of a result of the database
   */
  result?: string;
  /**
   * why it was not done, or gave no answer
   */
  why?: string;
  /**
   * the same, where it is a sentence of ours and no error message
   */
  whyInRussian?: string;
}
