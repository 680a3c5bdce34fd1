/**
 * Code 128 (ISO/IEC 15417), code set B: bars and spaces of one to four modules, eleven modules a symbol, a checksum modulo 103, 13 modules of stop.
 * Its reading direction can be told, so that a sheet that lies upside down is noticed.
 */

/** Widths of bar, space, bar, space, bar, space of the symbols 0 to 105. */
const widths =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232';
const symbols: readonly string[] = Array.from({ length: 106 }, (_value, index) => widths.slice(index * 6, index * 6 + 6));
const startB = 104;
/** The stop is this symbol and a bar of two modules. */
const stop = '233111';
const stopBar = '2';

/** Modules of a text: eleven a character, and start, checksum, stop. */
export function code128Length(text: string): number {
  return (text.length + 2) * 11 + 13;
}

/** Widths in modules, bar first, of a text of printable ASCII. @throws RangeError for other characters */
export function encodeCode128(text: string): number[] {
  const values = [...text].map((character) => character.charCodeAt(0) - 32);
  if (values.length === 0 || values.some((value) => value < 0 || value > 94)) throw new RangeError(`not printable ASCII: ${text}`);
  const pattern = [startB, ...values, checksum(values)].map((value) => symbols[value]).join('') + stop + stopBar;
  return [...pattern].map(Number);
}

/** The text of a row of bars: lengths of bar, space, bar ... in any unit. Undefined when it is none, or its checksum is wrong. */
export function decodeCode128(runs: readonly number[]): string | undefined {
  const values: number[] = [];
  for (let at = 0; at + 6 <= runs.length; at += 6) {
    const symbol = runs.slice(at, at + 6);
    if (at + 7 === runs.length) return textOf(values, nearest(symbol, [stop]) === 0);
    const value = nearest(symbol, symbols);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return undefined;
}

function textOf(values: readonly number[], stopped: boolean): string | undefined {
  const [start, ...rest] = values;
  const sum = rest.pop();
  if (!stopped || start !== startB || rest.length === 0 || sum !== checksum(rest) || rest.some((value) => value > 94)) return undefined;
  return String.fromCharCode(...rest.map((value) => value + 32));
}

function checksum(values: readonly number[]): number {
  return values.reduce((sum, value, index) => sum + value * (index + 1), startB) % 103;
}

/**
 * Index of the pattern that six runs are; undefined when there is none. Ink spreads, so that all bars are wider and all spaces narrower: what is
 * compared are the distances between edges of the same kind, as the standard's reference decoder does, and the sum of the bars decides between equals.
 */
function nearest(runs: readonly number[], patterns: readonly string[]): number | undefined {
  const unit = runs.reduce((sum, run) => sum + run, 0) / 11;
  const seen = distances(runs.map((run) => run / unit));
  let best: number | undefined;
  let least = Infinity;
  for (const [index, pattern] of patterns.entries()) {
    const wanted = distances([...pattern].map(Number));
    const worst = Math.max(...seen.edges.map((edge, place) => Math.abs(edge - wanted.edges[place]!)));
    const score = worst + Math.abs(seen.bars - wanted.bars) / 10;
    if (worst < 0.6 && score < least) [best, least] = [index, score];
  }
  return best;
}

function distances(runs: readonly number[]): { readonly edges: readonly number[]; readonly bars: number } {
  const edges = runs.slice(0, 4).map((run, index) => run + runs[index + 1]!);
  return { edges, bars: (runs[0] ?? 0) + (runs[2] ?? 0) + (runs[4] ?? 0) };
}
