import { oneLine } from '../../base/one-line.ts';

/** What a driver did otherwise than on the tape. */
export interface Divergence {
  /** Event of the cassette that was expected, from 0. */
  readonly index: number | undefined;
  readonly what: 'request' | 'data' | 'call' | 'plug' | 'test';
  readonly expected: string;
  readonly found: string;
  /** The last events of the replay before it, oldest first. */
  readonly before: readonly string[];
}

/**
 * `match`: all of the tape was played as it was recorded. `benign-difference`: order, number or cut of requests differ, what they say does not.
 * `divergence`: the driver said something else. `stalled`: it ceased to say what the device waited for. `incomplete`: it said less.
 */
export type TapeVerdict = 'match' | 'benign-difference' | 'divergence' | 'stalled' | 'incomplete';

export interface ReplayReport {
  readonly verdict: TapeVerdict;
  /** The first difference that is not benign. */
  readonly first?: Divergence;
  readonly divergences: number;
  readonly benign: number;
  /** Bytes and answers of the played sections, and how many of them were used. */
  readonly consumed: { readonly events: number; readonly of: number };
  /** What the device still waits to say, and what for. */
  readonly pending: readonly string[];
  /** Plugs and tests in which the original answered, as the tape had nothing; none when left out. */
  readonly episodes?: number;
}

/** Printable ASCII, tabs and ends of lines. */
const isText = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;

/** At most `most` bytes in hex, or four times as many as text where that is what they are; with their number where more are there. */
export function shownBytes(bytes: Uint8Array, most = 32): string {
  const shown = bytes.subarray(0, 4 * most);
  if (shown.length >= 8 && shown.every(isText)) return `${JSON.stringify(Buffer.from(shown).toString('latin1'))}${bytes.length > shown.length ? ` ... (${bytes.length} bytes)` : ''}`;
  const hex = Buffer.from(bytes.subarray(0, most)).toString('hex').replaceAll(/../g, '$& ').trim();
  return bytes.length > most ? `${hex} ... (${bytes.length} bytes)` : hex || 'no bytes';
}

/** The report in lines for a person. Names and meanings of a cassette are untrusted. */
export function replayLines(report: ReplayReport): string[] {
  return linesOf(report).map((line) => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line, 600)}`);
}

function linesOf(report: ReplayReport): string[] {
  const { verdict, first, divergences, benign, consumed, pending, episodes } = report;
  const percent = consumed.of === 0 ? 100 : Math.floor((consumed.events / consumed.of) * 100);
  const lines = [`tape: ${verdict}, ${percent} % of what was played of it was used (${consumed.events} of ${consumed.of} events), ${divergences} divergences, ${benign} benign differences`];
  if (episodes !== undefined) lines.push(`${episodes} new episodes: the original answered in them, and they are on the new cassette`);
  if (first) {
    lines.push(`first divergence${first.index === undefined ? '' : ` at event ${first.index}`} (${first.what}):`, `  expected  ${first.expected}`, `  found     ${first.found}`);
    if (first.before.length > 0) lines.push('  before it:', ...first.before.map((line) => `    ${line}`));
  }
  if (pending.length > 0) lines.push('the device still waits to say:', ...pending.map((line) => `  ${line}`));
  return lines;
}
