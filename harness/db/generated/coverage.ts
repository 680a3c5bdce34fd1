// Generated from hardware-db/schemas/coverage.schema.json by scripts/generate-types.ts; do not edit.

/**
 * What an image claims of the catalogue's devices, read from its files and not from a test: evidence E0. hardware-db/coverage/<image>.json, written by hwlab image coverage --record.
 */
export interface CoverageRecord {
  image: string;
  /**
   * of the disk that was read
   */
  sha256: string;
  /**
   * PRETTY_NAME of its os-release
   */
  system: string;
  kernel: string;
  readAt: string;
  /**
   * by id of the device; a device of which nothing can be said is left out
   */
  devices: {
    [k: string]: RuleClaim[];
  };
}
export interface RuleClaim {
  class: 'printer' | 'scanner' | 'panel' | 'robotics' | 'storage' | 'camera' | 'computer';
  /**
   * false: the class needs a driver, and nothing in the image claims the device
   */
  claimed: boolean;
  drivers: RuleDriver[];
}
export interface RuleDriver {
  kind: 'kernel' | 'scanner' | 'printer' | 'ipp-usb';
  name: string;
  /**
   * name and version; empty when no package's list names it
   */
  package: string;
  /**
   * what the claim fits
   */
  by: 'id' | 'model' | 'vendor' | 'class';
  /**
   * the file in the image that makes the claim
   */
  source: string;
  pattern: string;
}
