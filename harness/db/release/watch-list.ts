import { matchLine, type LineMatch, type ListOracle } from '../tender/check-list.ts';
import type { ListLine } from '../tender/list-lines.ts';
import { isWorse, type AnswerChange } from './compare-answers.ts';

/** A change for the worse of something that was bought, with the lines of the list that name it. */
export interface WatchedChange extends AnswerChange {
  readonly lines: readonly ListLine[];
  /** Pieces on those lines; lines without a number count for none. */
  readonly pieces: number;
}

export interface WatchReport {
  /** What got worse, the worst first. */
  readonly worse: readonly WatchedChange[];
  /** Other changes of what was bought. */
  readonly other: readonly WatchedChange[];
  /** Devices of the list that are watched. */
  readonly devices: number;
  /** Lines that do not name one known device, so nothing can be said of them. */
  readonly unmatched: readonly MatchedLine[];
}

/** A line of a list and the device that it names, if it names one. */
export interface MatchedLine {
  readonly line: ListLine;
  readonly match: LineMatch;
}

/** Which devices the lines of a list name. */
export function matchLines(lines: readonly ListLine[], oracle: Pick<ListOracle, 'decide' | 'name'>): readonly MatchedLine[] {
  return lines.map((line) => ({ line, match: matchLine(line.asks, oracle) }));
}

/**
 * What changed for the devices of a list. Pure.
 * @param changes from compareAnswers, the worst first
 * @param images only these; all when empty
 */
export function watchList(matched: readonly MatchedLine[], changes: readonly AnswerChange[], images: readonly string[]): WatchReport {
  const byDevice = Map.groupBy(matched.filter(({ match }) => match.kind === 'one'), ({ match }) => (match.kind === 'one' ? match.candidate.device : ''));
  const mine = changes.flatMap((change): readonly WatchedChange[] => {
    const own = byDevice.get(change.device)?.map(({ line }) => line);
    if (own === undefined || (images.length > 0 && change.image !== '' && !images.includes(change.image))) return [];
    return [{ ...change, lines: own, pieces: own.reduce((sum, line) => sum + (line.quantity.value ?? 0), 0) }];
  });
  return { worse: mine.filter(({ kind }) => isWorse[kind]), other: mine.filter(({ kind }) => !isWorse[kind]), devices: byDevice.size, unmatched: matched.filter(({ match }) => match.kind !== 'one') };
}
