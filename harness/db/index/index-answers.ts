import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../generated/device.ts';
import type { KnownIssue } from '../generated/known-issue.ts';
import type { Profile } from '../generated/profile.ts';
import type { Result } from '../generated/result.ts';
import { headlineRank } from '../lookup/headline-rank.ts';
import { validatorOf } from '../schemas.ts';
import { assessDevice, isFlaky } from '../verdicts/assess-device.ts';
import type { ImageHistory } from '../verdicts/test-history.ts';
import { testVerdict } from '../verdicts/test-verdict.ts';
import { FoldedCells, keepHistories } from './folded-cells.ts';
import { faultsOf, faultyTests, knownFaultyTests, rememberFaultyTests } from './index-faults.ts';
import { CellReader, type ResultRow } from './read-cell.ts';
import { recordsIn } from './records-of.ts';

export interface AnswerRules {
  readonly issues: readonly KnownIssue[];
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly now: Date;
}

/** Computes the answers of all dirty cells anew and lists their devices in `temp.touched`. Each line that is not a result by its schema is written down and left out. */
export async function indexAnswers(index: DatabaseSync, rules: AnswerRules, step: (results: number) => Promise<void>): Promise<number> {
  using reader = new CellReader(index);
  const writer = new AnswerWriter(index, reader, rules);
  const next = index.prepare('SELECT id, device, image, personalities FROM cell WHERE dirty = 1 AND id > ? ORDER BY id LIMIT 2000');
  let done = 0;
  // A second round only if the first one found that a test is at fault, or is no longer.
  for (let round = 0; round < 3; round += 1) {
    for (let last = 0; ; ) {
      const cells = next.all(last) as unknown as readonly CellRow[];
      if (cells.length === 0) break;
      let results = 0;
      for (const cell of cells) results += writer.write(cell);
      last = cells.at(-1)?.id ?? last;
      done += cells.length;
      await step(results);
    }
    index.exec('UPDATE cell SET dirty = 0 WHERE dirty = 1');
    if (!writer.reconsider()) break;
  }
  return done;
}

interface CellRow {
  readonly id: number;
  readonly device: string;
  readonly image: string;
  readonly personalities: string;
}

class AnswerWriter {
  readonly #index: DatabaseSync;
  readonly #reader: CellReader;
  readonly #rules: AnswerRules;
  readonly #validate = validatorOf('result');
  readonly #device;
  readonly #image;
  readonly #addImage;
  readonly #answer;
  readonly #bad;
  readonly #drop;
  readonly #flaky;
  readonly #steady;
  readonly #touched;
  readonly #recordsOf: ReturnType<typeof recordsIn>;
  readonly #images = new Map<string, number>();
  readonly #environments = new Map<string, number>();
  readonly #folded: FoldedCells;
  readonly #keep;
  #faulty: ReadonlySet<string>;

  constructor(index: DatabaseSync, reader: CellReader, rules: AnswerRules) {
    this.#index = index;
    this.#reader = reader;
    this.#rules = rules;
    this.#device = index.prepare('SELECT id, json FROM device WHERE name = ?');
    this.#image = index.prepare('SELECT id FROM image WHERE name = ?');
    this.#addImage = index.prepare('INSERT INTO image (name, place) VALUES (?, 1000000)');
    this.#answer = index.prepare('INSERT OR REPLACE INTO answer (device, image, rank, tested, level, scored_at, environment) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#bad = index.prepare('INSERT OR REPLACE INTO bad_line (source, line, reason) VALUES (?, ?, ?)');
    this.#drop = index.prepare('DELETE FROM result WHERE cell = ? AND source = ? AND offset = ?');
    this.#flaky = index.prepare('INSERT OR REPLACE INTO flaky (image, test, device, family) VALUES (?, ?, ?, ?)');
    this.#steady = index.prepare('DELETE FROM flaky WHERE image = ? AND device = ?');
    this.#touched = index.prepare('INSERT OR IGNORE INTO temp.touched VALUES (?)');
    this.#recordsOf = recordsIn(index);
    this.#faulty = knownFaultyTests(index);
    this.#folded = new FoldedCells(index, reader, rules.issues, rules.now);
    this.#keep = keepHistories(index);
  }

  /** @returns how many results it read */
  write(cell: CellRow): number {
    const { profiles, now } = this.#rules;
    const image = this.#imageNumber(cell.image);
    const { history, fresh: results, kept } = this.#folded.fold(cell.id, (place) => this.#result(cell, place));
    if (kept !== undefined) this.#keep(cell.id, kept);
    if (cell.personalities !== '') return results;
    const row = this.#device.get(cell.device) as { id: number; json: string } | undefined;
    const device = row && (JSON.parse(row.json) as Device);
    this.#noteFlaky(cell, device?.vendor ?? cell.device, history);
    if (row === undefined || device === undefined) return results;
    const records = this.#recordsOf(cell.device, cell.image);
    const { headlineWhenTested, level, features } = assessDevice({ device, image: cell.image, history, profiles, current: undefined, faultOf: faultsOf(history, cell.image, cell.device, this.#faulty), newerPointReleases: 0, retired: false, now, ...records });
    const claims = records.rules;
    const scoredAt = features.flatMap((feature) => feature.tests.flatMap((test) => (test.scoredRuns > 0 ? [test.last.at] : []))).sort().at(-1);
    const rank = headlineRank[headlineWhenTested];
    // Without a scored run the headline stands on what was read from the image, and ages with its kernel.
    const environment = scoredAt === undefined && claims !== undefined ? { kernel: claims.kernel, packages: history.environment?.packages ?? {} } : history.environment;
    this.#touched.run(row.id);
    this.#answer.run(row.id, image, rank, rank, level ?? null, scoredAt ?? claims?.readAt ?? history.lastAt, this.#environmentNumber(environment));
    return results;
  }

  /** Marks the cells whose flaky tests changed sides between the product's fault and the test's. */
  reconsider(): boolean {
    const faulty = faultyTests(this.#index);
    const changed = [...[...faulty].filter((each) => !this.#faulty.has(each)), ...[...this.#faulty].filter((each) => !faulty.has(each))];
    this.#faulty = faulty;
    rememberFaultyTests(this.#index, faulty);
    const mark = this.#index.prepare("UPDATE cell SET dirty = 1 WHERE image = ? AND personalities = '' AND device IN (SELECT device FROM flaky WHERE image = ? AND test = ?)");
    for (const each of changed) {
      const [image = '', test = ''] = each.split('\n');
      mark.run(image, image, test);
    }
    return changed.length > 0;
  }

  /** A result; a line that is none by its schema is written down and left out from now on. */
  #result(cell: CellRow, place: ResultRow): Result | undefined {
    const result = this.#read(place);
    if (result !== undefined && this.#validate(result)) return result;
    this.#bad.run(place.source, place.line, result === undefined ? 'not JSON' : `${this.#validate.errors?.[0]?.instancePath ?? ''}: ${this.#validate.errors?.[0]?.message ?? 'not a result'}`);
    this.#drop.run(cell.id, place.source, place.offset);
    return undefined;
  }

  #read(place: ResultRow): Result | undefined {
    try {
      return this.#reader.read(place);
    } catch {
      return undefined;
    }
  }

  #noteFlaky({ image, device: id }: CellRow, family: string, history: ImageHistory): void {
    this.#steady.run(image, id);
    for (const unit of history.units) {
      for (const test of unit.tests.values()) if (test.runs.length > 0 && isFlaky(testVerdict(test.runs))) this.#flaky.run(image, test.id, id, family);
    }
  }

  #imageNumber(name: string): number {
    let number = this.#images.get(name);
    if (number === undefined) {
      number = (this.#image.get(name) as { id: number } | undefined)?.id ?? Number(this.#addImage.run(name).lastInsertRowid);
      this.#images.set(name, number);
    }
    return number;
  }

  #environmentNumber(environment: Pick<Result['environment'], 'kernel' | 'packages'> | undefined): number | null {
    if (environment === undefined) return null;
    const json = JSON.stringify({ kernel: environment.kernel ?? null, packages: environment.packages ?? {} });
    let number = this.#environments.get(json);
    if (number === undefined) {
      number = (this.#index.prepare('SELECT id FROM environment WHERE json = ?').get(json) as { id: number } | undefined)?.id ?? Number(this.#index.prepare('INSERT INTO environment (json) VALUES (?)').run(json).lastInsertRowid);
      if (this.#environments.size > 10_000) this.#environments.clear();
      this.#environments.set(json, number);
    }
    return number;
  }
}
