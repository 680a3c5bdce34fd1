/** The part of a name that tells one model of a series from another: `m2040dn` is prefix `m`, digits `2040`, suffix `dn`. */
export interface ModelCode {
  readonly text: string;
  readonly prefix: string;
  readonly digits: string;
  readonly suffix: string;
  /** A number with a unit, such as `65"`: it may be a part of the name, or chatter. */
  readonly soft: boolean;
}

export function modelCode(text: string, soft = false): ModelCode {
  const [, prefix = '', digits = '', suffix = ''] = /^([^0-9]*)([0-9]+)(.*)$/u.exec(text) ?? [];
  return { text, prefix, digits, suffix, soft };
}

/** How much a code says by itself: `m2040dn` much, `r3` or `4` little. */
export function strengthOf({ prefix, digits, suffix }: ModelCode): 'strong' | 'medium' | 'weak' {
  if (digits.length >= 4 || (digits.length >= 3 && prefix !== '') || /[0-9]/.test(suffix)) return 'strong';
  return digits.length >= 3 || (digits.length === 2 && (prefix !== '' || suffix !== '')) ? 'medium' : 'weak';
}

/** Order of the codes of one name: long numbers with letters tell more than short ones, a number with a unit least. */
export function weightOf({ digits, prefix, suffix, soft }: ModelCode): number {
  return (soft ? 0 : 10) + digits.length * 2 + Math.min(prefix.length, 2) + Math.min(suffix.length, 1);
}

/** How two codes agree. */
export type CodeAgreement =
  | 'equal'
  /** One leaves out letters before the number: `1102` and `p1102`, `c5290` and `wfc5290`. */
  | 'prefix-left-out'
  /** Other letters behind the number: `p1102` and `p1102w` are two models. */
  | 'variant'
  /** A number of a series that is called by its round number: `mf4150` and `MF4100 series`. */
  | 'in-series'
  /** The same number with other letters before it. */
  | 'other-prefix'
  /** One digit is another: `2040` and `2540`. */
  | 'near-number'
  | 'different';

/** Compares two codes; digits decide. @param series one of the names says that it is of a series */
export function compareCodes(left: ModelCode, right: ModelCode, series = false): CodeAgreement {
  if (left.text === right.text) return 'equal';
  if (series && left.prefix === right.prefix && (isRoundOf(left.digits, right.digits) || isRoundOf(right.digits, left.digits))) return 'in-series';
  if (left.digits !== right.digits) return isNearNumber(left, right) ? 'near-number' : 'different';
  const suffixes = left.suffix === right.suffix;
  // Behind `c11cb` of an article number the digits go on; those are no letters of a variant.
  if (!suffixes && /[0-9]/.test(left.suffix + right.suffix)) return 'different';
  const leftOut = left.prefix.endsWith(right.prefix) || right.prefix.endsWith(left.prefix);
  if (left.prefix === right.prefix) return suffixes ? 'equal' : 'variant';
  if (suffixes) return leftOut ? 'prefix-left-out' : 'other-prefix';
  return leftOut ? 'variant' : 'different';
}

/** True for 4150 of 4157 and 4100 of 4157. */
function isRoundOf(round: string, digits: string): boolean {
  return round !== digits && round.length === digits.length && digits.length >= 3 && [1, 2].some((zeros) => round === digits.slice(0, -zeros) + '0'.repeat(zeros));
}

function isNearNumber(left: ModelCode, right: ModelCode): boolean {
  if (left.digits.length !== right.digits.length || left.digits.length < 3 || left.prefix !== right.prefix) return false;
  let differing = 0;
  for (let index = 0; index < left.digits.length; index++) if (left.digits[index] !== right.digits[index]) differing++;
  return differing === 1;
}
