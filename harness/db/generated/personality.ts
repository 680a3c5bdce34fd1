// Generated from hardware-db/schemas/personality.schema.json by scripts/generate-types.ts; do not edit.

export type Id = string;

/**
 * A quirk of real devices as data: what is different about a model that has it. fixtures/personalities/<id>.json. Several can be combined, MODEL+ID+ID, when they do not set one place to different values.
 */
export interface Personality {
  id: Id;
  /**
   * what people call it
   */
  name: string;
  /**
   * models of these emulators can have it
   *
   * @minItems 1
   */
  emulators: [Id, ...Id[]];
  /**
   * suites that it concerns: a plan runs only these with it; all that the model names when left out
   *
   * @minItems 1
   */
  suites?: [Id, ...Id[]];
  /**
   * only these models can have it, where the emulator alone does not say; all of its emulators when left out
   *
   * @minItems 1
   */
  models?: [Id, ...Id[]];
  patch: PersonalityPatch;
  /**
   * personalities that make no sense together with it
   *
   * @minItems 1
   */
  conflicts?: [Id, ...Id[]];
  /**
   * real devices that have it, and where the public can read of it
   *
   * @minItems 1
   */
  seen: [PersonalitySeen, ...PersonalitySeen[]];
}
/**
 * JSON merge patch (RFC 7396) on the model file; a list is replaced as a whole
 */
export interface PersonalityPatch {
  usb?: {};
  behaviour?: {};
}
export interface PersonalitySeen {
  device: string;
  thread: string;
  /**
   * the fact, in one sentence
   */
  what: string;
}
