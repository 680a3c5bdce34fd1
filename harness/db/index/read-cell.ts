import { closeSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Result } from '../generated/result.ts';

/** Where one result is. */
export interface ResultRow {
  readonly source: number;
  readonly offset: number;
  readonly length: number;
  readonly line: number;
}

/** Reads results by their places. Keeps files open until it is closed. */
export class CellReader {
  readonly #files = new Map<number, number>();
  readonly #paths = new Map<number, { readonly path: string; readonly night: string }>();
  readonly #places;
  readonly #index: DatabaseSync;
  #buffer = Buffer.allocUnsafe(256 * 1024);

  constructor(index: DatabaseSync) {
    this.#index = index;
    this.#places = index.prepare('SELECT source, offset, length, line FROM result WHERE cell = ?');
    this.refresh();
  }

  /** Learns of new files. */
  refresh(): void {
    for (const { id, path, night } of this.#index.prepare('SELECT id, path, night FROM source').all() as unknown as readonly { id: number; path: string; night: string }[]) this.#paths.set(id, { path, night });
  }

  /** The places of a cell's results in the order in which they were written: by night, then by place in the file. */
  places(cell: number): readonly ResultRow[] {
    const rows = this.#places.all(cell) as unknown as ResultRow[];
    // A night's id begins with its time, so the order of its characters is the order in time.
    const night = (row: ResultRow): string => this.#paths.get(row.source)?.night ?? '';
    const byNight = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
    return rows.sort((left, right) => (left.source === right.source ? 0 : byNight(night(left), night(right))) || left.offset - right.offset);
  }

  /** The parsed line at a place; it is not validated. @throws if it is not JSON any more */
  read({ source, offset, length }: ResultRow): Result {
    let file = this.#files.get(source);
    if (file === undefined) {
      if (this.#files.size >= 200) this.close();
      file = openSync(this.#paths.get(source)?.path ?? '', 'r');
      this.#files.set(source, file);
    }
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafe(length * 2);
    const read = readSync(file, this.#buffer, 0, length, offset);
    return JSON.parse(this.#buffer.toString('utf8', 0, read)) as Result;
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
