import type { DatabaseSync } from 'node:sqlite';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { Result } from '../generated/result.ts';
import { historyRules } from '../history-rules.ts';
import { packHistory, unpackHistory } from '../verdicts/stored-history.ts';
import { ImageHistory, type HistoryRules } from '../verdicts/test-history.ts';
import type { CellReader, ResultRow } from './read-cell.ts';

/** A history and the last of the results that are folded into it. */
interface KeptHistory {
  readonly history: ImageHistory;
  /** How many results. */
  readonly folded: number;
  readonly source: number;
  readonly offset: number;
}

/** What is known of a device on an image, as it is or with personalities. */
export interface CellHistory {
  readonly image: string;
  /** Ids joined with +; empty for the device as it is. */
  readonly personalities: string;
  readonly history: ImageHistory;
}

interface KeptRow {
  readonly folded: number;
  readonly source: number;
  readonly offset: number;
  /** null: nothing is kept. */
  readonly json: string | null;
}

/** Reads a line; undefined: it is no result and is not to be counted any more. */
export type ReadResult = (row: ResultRow) => Result | undefined;

/**
 * The folded results of cells. A history that is kept is as good as its lines: who takes lines out, or changes the rules by which they are folded, deletes
 * it; lines that only came behind its last are folded into it.
 */
export class FoldedCells {
  readonly #reader: CellReader;
  readonly #rules: HistoryRules;
  readonly #issues: ReadonlyMap<string, KnownIssue>;
  readonly #kept;
  readonly #cells;

  constructor(index: DatabaseSync, reader: CellReader, issues: readonly KnownIssue[], now: Date) {
    this.#reader = reader;
    this.#rules = historyRules(issues, now);
    this.#issues = new Map(issues.map((issue) => [issue.id, issue]));
    this.#cells = index.prepare('SELECT c.id AS cell, c.image, c.personalities, h.folded, h.source, h.offset, h.json FROM cell c LEFT JOIN history h ON h.cell = c.id WHERE c.device = ? ORDER BY c.image, c.personalities');
    this.#kept = index.prepare('SELECT folded, source, offset, json FROM history WHERE cell = ?');
  }

  /** The history of what was never run. */
  get nothing(): ImageHistory {
    return new ImageHistory(this.#rules);
  }

  /** The histories of all cells of a device, of an index that is up to date; read at once, as they lie side by side. */
  ofDevice(device: string): readonly CellHistory[] {
    const rows = this.#cells.all(device) as unknown as readonly (KeptRow & { readonly cell: number; readonly image: string; readonly personalities: string })[];
    return rows.map(({ cell, image, personalities, ...row }) => ({ image, personalities, history: this.#unpacked(row)?.history ?? this.fold(cell, (place) => this.#reader.read(place)).history }));
  }

  /** The history of a cell that gained results; `fresh` says how many were read, and `kept` what is to be kept of it, if anything changed. */
  fold(cell: number, read: ReadResult): { readonly history: ImageHistory; readonly fresh: number; readonly kept: KeptHistory | undefined } {
    const places = this.#reader.places(cell);
    const before = this.#keptOf(cell);
    const last = before && places[before.folded - 1];
    const known = before !== undefined && last?.source === before.source && last.offset === before.offset ? before : undefined;
    const history = known?.history ?? new ImageHistory(this.#rules);
    let folded = known?.folded ?? 0;
    let newest: ResultRow | undefined;
    const fresh = places.slice(folded);
    for (const row of fresh) {
      const result = read(row);
      if (result === undefined) continue;
      history.add(result);
      folded += 1;
      newest = row;
    }
    return { history, fresh: fresh.length, kept: newest && { history, folded, source: newest.source, offset: newest.offset } };
  }

  #keptOf(cell: number): KeptHistory | undefined {
    return this.#unpacked(this.#kept.get(cell) as KeptRow | undefined);
  }

  #unpacked(row: KeptRow | undefined): KeptHistory | undefined {
    if (row === undefined || row.json === null) return undefined;
    const { folded, source, offset, json } = row;
    const state = unpackHistory(json, this.#issues);
    return state && { folded, source, offset, history: ImageHistory.of(state, this.#rules) };
  }
}

/** Keeps histories in an index that is being brought up to date. */
export function keepHistories(index: DatabaseSync): (cell: number, kept: KeptHistory) => void {
  const put = index.prepare('INSERT OR REPLACE INTO history (cell, folded, source, offset, json) VALUES (?, ?, ?, ?, ?)');
  return (cell, { history, folded, source, offset }) => void put.run(cell, folded, source, offset, packHistory(history.state));
}
