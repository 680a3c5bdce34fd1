import { statfs } from 'node:fs/promises';
import { HwlabError } from '../base/hwlab-error.ts';
import type { TypedEvents } from '../base/typed-events.ts';
import type { KnownIssue } from '../db/generated/known-issue.ts';
import { nightIssues } from '../db/night-issues.ts';
import type { Investigation } from '../db/generated/investigations.ts';
import type { CellId, Result } from '../db/generated/result.ts';
import type { NightEvents, NightInfo, NightSummary, PreviousNight } from '../report/night-events.ts';
import type { Cell } from './cell.ts';
import { failureOf } from './classify-outcome.ts';
import { dispatch } from './dispatcher.ts';
import type { Durations } from './estimate.ts';
import { exitCodeOf } from './exit-code.ts';

/** Where results go; the database's store and, in tests, a list. */
export interface ResultSink {
  append(result: Result): Promise<void>;
}

export interface NightParts {
  readonly info: Omit<NightInfo, 'cells' | 'slots'>;
  readonly cells: readonly Cell[];
  /** Results that an earlier, cut-off part of this night left. */
  readonly earlier: readonly Result[];
  readonly slots: number;
  readonly events: TypedEvents<NightEvents>;
  readonly results: ResultSink;
  readonly durations: Durations;
  readonly runCell: (cell: Cell, slot: number, signal: AbortSignal) => Promise<Result>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The last night of the same plan, to say what changed. */
  readonly before?: PreviousNight;
  /** Looks into what failed, once all cells have run; not when the night was stopped. */
  readonly investigate?: (results: readonly Result[]) => Promise<readonly Investigation[]>;
  /** Known issues of the database. */
  readonly issues?: readonly KnownIssue[];
  /** Bytes that must be free in the night's folder before a cell starts. */
  readonly minimumFree: number;
}

/** Runs the cells that have no result yet, in parallel slots, and tells the sinks. The summary counts earlier results too. */
export async function runNight(parts: NightParts): Promise<NightSummary> {
  const { events, durations, slots } = parts;
  const done = new Set(parts.earlier.map((result) => result.cell.id));
  const waiting = durations.order(parts.cells.filter((cell) => !done.has(cell.id.id)));
  const info: NightInfo = { ...parts.info, cells: parts.cells.map((cell) => cell.id), slots };
  const results: Result[] = [...parts.earlier];
  const open = new Set<CellId>(waiting.map((cell) => cell.id));
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  let stopped: NightSummary['stopped'];

  await events.emit('night-started', { night: info, estimateSeconds: durations.left([...open], slots) });
  try {
    await dispatch(waiting, slots, async (cell, slot) => {
      if (signal.aborted) throw interrupted(signal);
      await checkFreeSpace(info.folder, parts.minimumFree);
      const result = await parts.runCell(cell, slot, signal);
      await parts.results.append(result);
      results.push(result);
      open.delete(cell.id);
      durations.learn(result);
      await events.emit('cell-finished', { cell: cell.id, result, done: results.length, total: parts.cells.length, secondsLeft: durations.left([...open], slots) });
    });
  } catch (error) {
    const reason = signal.aborted ? interrupted(signal) : error;
    stop.abort(reason);
    if (!(reason instanceof HwlabError)) throw reason;
    stopped = { code: reason.code, message: failureOf(reason).message };
  }
  results.sort((a, b) => a.id.localeCompare(b.id));
  const investigations = stopped ? [] : ((await parts.investigate?.(results)) ?? []);
  const summary: NightSummary = { night: info, finishedAt: new Date().toISOString(), results, ...(stopped ? { stopped } : {}), ...(parts.before ? { before: parts.before } : {}), issues: nightIssues(results, parts.issues ?? [], new Date()), exitCode: exitCodeOf(results, stopped?.code), ...(investigations.length > 0 ? { investigations } : {}) };
  await events.emit('night-finished', { summary });
  return summary;
}

function interrupted(signal: AbortSignal): HwlabError {
  const reason: unknown = signal.reason;
  return reason instanceof HwlabError ? reason : new HwlabError({ code: 'night-interrupted', blame: 'lab', message: 'the night was interrupted', cause: reason });
}

/** @throws HwlabError lab `no-disk-space`, which stops the night with what is done kept. */
async function checkFreeSpace(folder: string, minimum: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < minimum) {
    throw new HwlabError({
      code: 'no-disk-space',
      blame: 'lab',
      message: `only ${Math.round(free / 2 ** 20)} MiB are free in ${folder}, a cell needs ${Math.round(minimum / 2 ** 20)} MiB; the night stops, what is done is kept`,
      advice: 'free some space (hwlab doctor shows the caches), then continue with --resume',
    });
  }
}
