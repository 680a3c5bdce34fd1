import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { longestResult } from '../read-results.ts';
import { CellIds } from './cell-ids.ts';
import type { ResultRow } from './read-cell.ts';
import { resultPlace } from './result-place.ts';

/** What is known of a file of results. */
export interface ScannedSource {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
  /** Offset behind the last whole line. */
  readonly end: number;
  readonly lines: number;
  /** Hash of the last bytes before `end`, to notice a file that was written anew. */
  readonly tail: string;
  /** Where the last result is; a length of 0 says that there is none. */
  readonly last_offset: number;
  readonly last_length: number;
}

const tailBytes = 256;
/** Among so many of the last results of an image one that names its kernel is looked for. */
const mostNewest = 20;
const chunkBytes = 1024 * 1024;

/** Numbers cells as they are met; a cell with new results is dirty. */
export class CellNumbers {
  readonly #index: DatabaseSync;
  readonly #ids: CellIds;
  readonly #insert;
  readonly #known = new Map<string, number>();
  readonly #dirty = new Set<number>();
  /** By image and night: places of its last results, the newest last. */
  readonly newest = new Map<string, Map<string, ResultRow[]>>();

  constructor(index: DatabaseSync) {
    this.#index = index;
    this.#ids = new CellIds(index);
    this.#insert = index.prepare('INSERT INTO cell (id, device, image, personalities, dirty) VALUES (?, ?, ?, ?, 1)');
    for (const { id, device, image, personalities } of index.prepare('SELECT id, device, image, personalities FROM cell').iterate() as Iterable<{ id: number; device: string; image: string; personalities: string }>) this.#known.set(`${device}\n${image}\n${personalities}`, id);
  }

  /** The number of a cell, which becomes dirty. */
  touch(device: string, image: string, personalities: string): number {
    const key = `${device}\n${image}\n${personalities}`;
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.#ids.next(device);
      this.#insert.run(id, device, image, personalities);
      this.#known.set(key, id);
    } else this.#dirty.add(id);
    return id;
  }

  /** Remembers a result as one of the last on its image. */
  note(image: string, night: string, row: ResultRow): void {
    const nights = this.newest.get(image) ?? new Map<string, ResultRow[]>();
    this.newest.set(image, nights);
    const rows = nights.get(night) ?? [];
    nights.set(night, rows);
    rows.push(row);
    if (rows.length > 2 * mostNewest) rows.splice(0, mostNewest);
    if (nights.size > 3) nights.delete([...nights.keys()].sort()[0] ?? '');
  }

  /** Writes down which cells are dirty. */
  flush(): void {
    const mark = this.#index.prepare('UPDATE cell SET dirty = 1 WHERE id = ?');
    for (const id of this.#dirty) mark.run(id);
    this.#dirty.clear();
  }
}

/**
 * Adds the places of the results that a file gained since `before`. Bounded memory; lines that are no results are written down.
 * @param onLines how many lines were read, now and then
 */
export function scanResults(index: DatabaseSync, night: string, before: ScannedSource, cells: CellNumbers, onLines: (lines: number) => void): ScannedSource {
  const file = openSync(before.path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(file);
    const insert = index.prepare('INSERT OR REPLACE INTO result (cell, source, offset, length, line) VALUES (?, ?, ?, ?, ?)');
    const bad = index.prepare('INSERT OR REPLACE INTO bad_line (source, line, reason) VALUES (?, ?, ?)');
    let { end, lines, last_offset, last_length } = before;
    let buffer = Buffer.allocUnsafe(chunkBytes);
    let held = 0;
    let position = end;
    let told = lines;
    /** Bytes of a line that is longer than allowed and skipped. */
    let skipped = 0;
    for (;;) {
      if (held === buffer.length) {
        if (held > longestResult) {
          skipped += held;
          held = 0;
        } else buffer = Buffer.concat([buffer], buffer.length * 2);
      }
      const read = readSync(file, buffer, held, buffer.length - held, position);
      if (read === 0) break;
      position += read;
      held += read;
      let start = 0;
      const view = buffer.subarray(0, held);
      for (let feed = view.indexOf(10); feed >= 0; feed = view.indexOf(10, start)) {
        lines += 1;
        const length = feed - start + skipped;
        const line = view.subarray(start, feed);
        const place = skipped > 0 || length > longestResult ? undefined : resultPlace(line);
        if (place === undefined) bad.run(before.id, lines, length > longestResult ? `longer than ${longestResult} bytes` : length === 0 ? 'an empty line' : reasonOf(line));
        else {
          insert.run(cells.touch(place.device, place.image, place.personalities), before.id, end, length, lines);
          cells.note(place.image, night, { source: before.id, offset: end, length, line: lines });
          last_offset = end;
          last_length = length;
        }
        end += length + 1;
        skipped = 0;
        start = feed + 1;
      }
      buffer.copy(buffer, 0, start, held);
      held -= start;
      if (lines - told >= 20_000) {
        onLines(lines - told);
        told = lines;
      }
    }
    onLines(lines - told);
    return { ...before, size, mtime: mtimeMs, end, lines, tail: tailOf(file, end), last_offset, last_length };
  } finally {
    closeSync(file);
  }
}

/** Whether a file still begins with what was read of it: it is as long at least, and the last bytes that were read are the same. */
export function stillThere(before: ScannedSource): boolean {
  const file = openSync(before.path, 'r');
  try {
    return fstatSync(file).size >= before.end && tailOf(file, before.end) === before.tail;
  } finally {
    closeSync(file);
  }
}

function tailOf(file: number, end: number): string {
  const bytes = Buffer.alloc(Math.min(tailBytes, end));
  readSync(file, bytes, 0, bytes.length, end - bytes.length);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function reasonOf(line: Buffer): string {
  try {
    JSON.parse(line.toString('utf8'));
    return 'not a result';
  } catch {
    return 'not JSON';
  }
}
