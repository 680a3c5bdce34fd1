/** How often something happened, and between which rates the true one lies with 95 % confidence. */
export interface Rate {
  readonly hits: number;
  readonly of: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** The standard normal deviate of 95 %, both sides. */
const z = 1.959964;

/** Wilson's score interval (E. B. Wilson, 1927): holds for few trials, and for none or all of them. `of` is at least 1. */
export function rateOf(hits: number, of: number): Rate {
  const rate = hits / of;
  const square = z * z;
  const middle = (rate + square / (2 * of)) / (1 + square / of);
  const half = (z / (1 + square / of)) * Math.sqrt((rate * (1 - rate)) / of + square / (4 * of * of));
  return { hits, of, rate, low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === of ? 1 : Math.min(1, middle + half) };
}

/** `7 of 10, 70 % (40 to 89 %)` */
export function rateText({ hits, of, rate, low, high }: Rate): string {
  const percent = (value: number): string => String(Math.round(value * 100));
  return `${hits} of ${of}, ${percent(rate)} % (${percent(low)} to ${percent(high)} %)`;
}
