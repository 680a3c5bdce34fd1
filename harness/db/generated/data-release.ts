// Generated from hardware-db/schemas/data-release.schema.json by scripts/generate-types.ts; do not edit.

export type Sha256 = string;

/**
 * The manifest of a frozen state of the database: manifest.json of a data release.
 */
export interface DataRelease {
  schema: 'hwlab/data-release/1';
  /**
   * data-YYYY-MM-DD, and a number for a second one on a day
   */
  id: string;
  /**
   * verdicts are as of the end of this day, UTC
   */
  date: string;
  /**
   * version of hwlab that made the verdicts
   */
  hwlab: string;
  /**
   * the release that the changelog compares with
   */
  previous: null | PreviousRelease;
  /**
   * devices, images, nights, results, answers
   */
  counts: {
    [k: string]: number;
  };
  /**
   * how many answers have which headline
   */
  headlines: {
    [k: string]: number;
  };
  /**
   * every other file of the release, sorted by path
   */
  files: ReleasedFile[];
}
export interface PreviousRelease {
  id: string;
  manifestSha256: Sha256;
}
export interface ReleasedFile {
  path: string;
  bytes: number;
  sha256: Sha256;
}
