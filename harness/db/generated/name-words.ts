// Generated from hardware-db/schemas/name-words.schema.json by scripts/generate-types.ts; do not edit.

export type Words = string[];
/**
 * words that tell no model from another
 */
export type Words1 = string[];
/**
 * names of series; another series is another model
 */
export type Words2 = string[];
/**
 * words that tell models of one number apart
 */
export type Words3 = string[];
/**
 * the same, but left out as often as not where the number has letters before it
 */
export type Words4 = string[];
/**
 * words of devices that are no printer, scanner, panel or kit; the same name with one of these is another device
 */
export type Words5 = string[];
/**
 * letters that belong to the number before them even when a space stands between
 */
export type Words6 = string[];
/**
 * short words that never belong to the number after them
 */
export type Words7 = string[];
/**
 * what is bought for a device and is none
 */
export type Words8 = string[];
/**
 * ways to say that another model of the same properties will do
 */
export type Words9 = string[];

/**
 * Words of product names and tender lines, and what they are to the matching of names. hardware-db/names/words.json.
 */
export interface NameWords {
  about: string;
  /**
   * Cyrillic word to the Latin one that it stands for
   */
  transcriptions: {
    [k: string]: string;
  };
  /**
   * short form to the long one; empty to drop it
   */
  abbreviations: {
    [k: string]: string;
  };
  /**
   * words that say what kind of device it is
   */
  kinds: {
    [k: string]: Words;
  };
  generic: Words1;
  series: Words2;
  variants: Words3;
  looseVariants: Words4;
  otherKinds: Words5;
  suffixes: Words6;
  separate: Words7;
  accessories: Words8;
  companyForms: Words;
  orEquivalent: Words9;
}
