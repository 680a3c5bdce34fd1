import type { LookupFigures } from './measure-lookup.ts';

/** Goals of the largest size: issue 4, point 9. */
const goals: readonly (readonly [what: string, value: (figures: LookupFigures) => number, most: number, unit: string])[] = [
  ['cold hwlab check', ({ checkMs }) => checkMs, 200, 'ms'],
  ['tender of 1,000 lines', ({ tenderMs }) => tenderMs, 3_000, 'ms'],
  ['search as you type, p99', ({ searchP99 }) => searchP99, 50, 'ms'],
  ['API at 200 requests/s on one core, p99', ({ apiP99 }) => apiP99, 10, 'ms'],
  ['the same on a core of its own, p99', ({ apiAloneP99 }) => apiAloneP99, 10, 'ms'],
];

/** The growth table and the goals as lines. */
export function lookupLines(figures: readonly LookupFigures[]): readonly string[] {
  const rows: readonly (readonly [string, (each: LookupFigures) => string])[] = [
    ['models', (each) => each.models.toLocaleString('en-GB')],
    ['results', (each) => each.results.toLocaleString('en-GB')],
    ['results, MiB of JSON lines', (each) => mebibytes(each.resultBytes)],
    ['index, MiB', (each) => mebibytes(each.indexBytes)],
    ['index from nothing, s', (each) => (each.buildMs / 1000).toFixed(1)],
    ['  results a second', (each) => each.resultsPerSecond.toLocaleString('en-GB')],
    ['  results a second of processor time', (each) => Math.round(each.results / (each.buildCpuMs / 1000)).toLocaleString('en-GB')],
    ['index after one more night of 5,000 results, ms', (each) => each.updateMs.toFixed(0)],
    ['cold hwlab check, ms (median of 9)', (each) => each.checkMs.toFixed(0)],
    ['  its processor time, ms', (each) => each.checkCpuMs.toFixed(0)],
    ['  node -e 0 beside it, ms', (each) => each.bareNodeMs.toFixed(0)],
    ['tender of 1,000 lines, CSV in and XLSX out, ms', (each) => each.tenderMs.toFixed(0)],
    ['search as you type, ms (p50 / p99)', (each) => `${each.searchP50.toFixed(2)} / ${each.searchP99.toFixed(2)}`],
    ['whole answer, ms (p99)', (each) => each.answerP99.toFixed(2)],
    ['API at 200 requests/s on one core, ms (p50 / p99)', (each) => `${each.apiP50.toFixed(2)} / ${each.apiP99.toFixed(2)}`],
    ['  processor time of the server a request, ms (mean / p99)', (each) => `${each.apiCpuMs.toFixed(2)} / ${each.apiCpuP99.toFixed(2)}`],
    ['  the same on a core of its own, by those times, ms (p50 / p99)', (each) => `${each.apiAloneP50.toFixed(2)} / ${each.apiAloneP99.toFixed(2)}`],
  ];
  const cells = rows.map(([name, value]) => [name, ...figures.map(value)]);
  const widths = cells[0]?.map((_unused, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const table = cells.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '));
  const largest = figures.at(-1);
  const reached = largest === undefined ? [] : goals.map(([what, value, most, unit]) => `${what}: ${value(largest).toFixed(1)} ${unit}, goal <= ${most} ${unit}: ${value(largest) <= most ? 'reached' : 'NOT reached'}`);
  return ['look-up, growing by tens:', ...table, '', ...reached];
}

export function lookupGoalsReached(figures: readonly LookupFigures[]): boolean {
  const largest = figures.at(-1);
  return largest !== undefined && goals.every(([, value, most]) => value(largest) <= most);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toLocaleString('en-GB', { maximumFractionDigits: 0 });
}
