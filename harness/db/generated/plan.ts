// Generated from hardware-db/schemas/plan.schema.json by scripts/generate-types.ts; do not edit.

export type Id = string;

/**
 * What a night runs: images x machines x models x suites, with exceptions. suites/plans/<name>.yaml.
 */
export interface Plan {
  name: string;
  description?: string;
  /**
   * @minItems 1
   * @maxItems 100
   */
  images: [Id, ...Id[]];
  /**
   * @minItems 1
   * @maxItems 100
   */
  machines: [Id, ...Id[]];
  /**
   * ids of emulated models, or all of fixtures/devices
   */
  models: 'all' | [Id, ...Id[]];
  /**
   * names of suites (a model runs those of them that it names itself), or `model` for all that the model names
   */
  suites: 'model' | [Id, ...Id[]];
  /**
   * cells beside the product; without `suite`, every suite that the model names
   *
   * @maxItems 10000
   */
  include?: PlanInclude[];
  /**
   * cells to leave out: those that agree with every named part
   *
   * @maxItems 10000
   */
  exclude?: PlanExclude[];
  /**
   * only tests of features with these requirement levels; all when left out
   *
   * @minItems 1
   */
  requirements?: ['required' | 'recommended' | 'optional' | 'trial', ...('required' | 'recommended' | 'optional' | 'trial')[]];
  /**
   * cells at the same time; without it as many as the host carries
   */
  slots?: number;
  /**
   * for one cell, from restore to discard, with hardware virtualisation
   */
  deadlineMinutes: number;
}
export interface PlanInclude {
  image: Id;
  machine: Id;
  model: Id;
  suite?: Id;
}
export interface PlanExclude {
  image?: Id;
  machine?: Id;
  model?: Id;
  suite?: Id;
  reason?: string;
}
