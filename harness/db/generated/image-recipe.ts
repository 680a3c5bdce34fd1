// Generated from hardware-db/schemas/image-recipe.schema.json by scripts/generate-types.ts; do not edit.

/**
 * How the reference image of a release is built from its packages: fixtures/images/<id>/recipe.json.
 */
export interface ImageRecipe {
  /**
   * folder under fixtures/images with overlay/ and finish.sh
   */
  base: string;
  /**
   * folder of the same kind, laid over that of `base`; its script runs first
   */
  addition?: string;
  /**
   * code name of the release in the package archive
   */
  suite: string;
  /**
   * further suites of the same archive, such as bookworm-backports; a package is taken from one only where it says so: NAME/SUITE
   *
   * @minItems 1
   * @maxItems 4
   */
  moreSuites?: [string] | [string, string] | [string, string, string] | [string, string, string, string];
  origin: string;
  /**
   * SOURCE_DATE_EPOCH, seconds
   */
  epoch: number;
  diskMiB: number;
  /**
   * @minItems 1
   */
  packages: [string, ...string[]];
}
