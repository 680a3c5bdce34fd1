// Generated from hardware-db/schemas/plan.schema.json by scripts/generate-types.ts; do not edit.

export type Id = string;
export type Device = string;
export type Combination = string;

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
   * ids of emulated models, or all of fixtures/devices; MODEL+PERSONALITY is a model with that quirk
   */
  models: 'all' | [Device, ...Device[]];
  /**
   * with `models: all`: these before the others, which come in the order of their ids; what counts with `modelsEach`
   *
   * @minItems 1
   */
  first?: [Id, ...Id[]];
  /**
   * each model that is not listed with a quirk of its own runs once with each of these that fits it; A+B is both at once
   */
  personalities?: 'all' | [Combination, ...Combination[]];
  /**
   * with `personalities`: each goes to so many of the listed models of an emulator, the first ones that it fits; to all when left out
   */
  modelsEach?: number;
  /**
   * with `personalities`: also run each model without any; false when left out
   */
  plain?: boolean;
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
   * how the emulated USB devices reach the guest; usb-redir when left out. With usbip, devices that are no USB devices are left out
   */
  transport?: 'usb-redir' | 'usbip';
  /**
   * cells at the same time; without it as many as the host carries
   */
  slots?: number;
  /**
   * a cell in which so many tests have failed skips its other tests, with this as their reason; tests on trial do not count. All run when left out
   */
  stopAfterFailures?: number;
  /**
   * minutes for looking into new failures after the last cell; 10 when left out, 0 for not at all
   */
  investigate?: number;
  /**
   * for one cell, from restore to discard, with hardware virtualisation
   */
  deadlineMinutes: number;
}
export interface PlanInclude {
  image: Id;
  machine: Id;
  model: Device;
  suite?: Id;
}
export interface PlanExclude {
  image?: Id;
  machine?: Id;
  /**
   * MODEL is the model with and without personalities, MODEL+P only that
   */
  model?: string;
  personality?: Id;
  suite?: Id;
  reason?: string;
}
