// Generated from hardware-db/schemas/profile.schema.json by scripts/generate-types.ts; do not edit.

/**
 * Which features a class of devices must have. suites/profiles/<suite>.json; the file's name is the suite's.
 */
export interface Profile {
  suite: string;
  description?: string;
  /**
   * level of each feature; `trial` reports and changes no headline
   */
  features: {
    [k: string]: 'required' | 'recommended' | 'optional' | 'trial';
  };
}
