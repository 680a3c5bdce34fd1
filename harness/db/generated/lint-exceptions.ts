// Generated from hardware-db/schemas/lint-exceptions.schema.json by scripts/generate-types.ts; do not edit.

/**
 * Findings of the linter that are put up with for now. hardware-db/lint-exceptions.json. The list can only get shorter.
 */
export interface LintExceptions {
  schema: 'hwlab/lint-exceptions/1';
  /**
   * how many there are by rule; each may only go down, and only a rule that is new may begin with some
   */
  most: {
    [k: string]: number;
  };
  exceptions: LintException[];
}
export interface LintException {
  rule: string;
  /**
   * as the linter prints it
   */
  file: string;
  /**
   * as the linter prints it
   */
  message: string;
  /**
   * why it cannot be mended now
   */
  reason: string;
}
