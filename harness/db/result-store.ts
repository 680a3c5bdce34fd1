import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import { replaceSynced, syncFolder } from './durable-file.ts';
import type { Night } from './generated/night.ts';
import type { Result } from './generated/result.ts';
import { loadDataFile } from './load-data-file.ts';
import { NightFile, nightFilePath, type Recovery } from './night-file.ts';
import { violationsOf } from './parse-data.ts';
import { readResultLines, type BadLine } from './read-results.ts';
import { canonicalJson } from './canonical-json.ts';

/** Which results to read; what is left out does not matter. */
export interface ResultFilter {
  readonly device?: string;
  readonly model?: string;
  readonly image?: string;
  readonly suite?: string;
  readonly night?: string;
}

/**
 * The results of a database: `<folder>/results/<YYYY-MM>/<night>.jsonl`, append-only, a file a night. Reading needs no lock and
 * changes nothing; writing takes the lock of each night it appends to, until `close`.
 */
export class ResultStore implements AsyncDisposable {
  /** `<database>/results` */
  readonly folder: string;
  readonly #writing = new Map<string, Promise<NightFile>>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param database folder of the database; `results` in it is made by the first write */
  static open(database: string): ResultStore {
    return new ResultStore(join(database, 'results'));
  }

  /**
   * Makes this process the one writer of a night (also done by the first `append`) and says what is there: the results of a
   * night that was cut off, lines that are corrupt, a torn last line that was moved aside.
   * @throws HwlabError `database-locked` (usage) while another process writes this night.
   */
  async openNight(night: string): Promise<Recovery> {
    return (await this.#nightFile(night)).recovery;
  }

  /**
   * Validates and appends one result to its night; it is on disk when this resolves.
   * @throws HwlabError see NightFile.append and `database-locked`
   */
  async append(result: Result): Promise<void> {
    await (await this.#nightFile(result.night)).append(result);
  }

  /** Ids of the nights that have results, oldest first. */
  async nights(): Promise<readonly string[]> {
    const months = (await entriesOf(this.folder)).filter((name) => /^\d{4}-\d{2}$/.test(name)).sort();
    const files = await Promise.all(months.map((month) => entriesOf(join(this.folder, month))));
    return files.flatMap((names) => names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length)).sort());
  }

  /**
   * Results in the order in which they were written, one at a time. Every line is read and validated; one that is not a result
   * goes to `onBadLine` and the others are still read.
   */
  async *results(filter: ResultFilter, onBadLine: (bad: BadLine) => void): AsyncGenerator<Result> {
    const nights = filter.night === undefined ? await this.nights() : (await this.nights()).filter((night) => night === filter.night);
    for (const night of nights) {
      for await (const line of readResultLines(nightFilePath(this.folder, night))) {
        if ('bad' in line) onBadLine(line.bad);
        else if (matches(line.result, filter)) yield line.result;
      }
    }
  }

  /** Writes the record of a night, at its start and again at its end. */
  async writeNight(night: Night): Promise<void> {
    const [violation] = violationsOf(night, 'night');
    if (violation) {
      throw new HwlabError({ code: 'night-invalid', blame: 'harness', message: `night ${night.id} at /${violation.path.join('/')}: expected ${violation.expected}, found ${violation.found}` });
    }
    const file = this.#recordPath(night.id);
    await mkdir(dirname(file), { recursive: true });
    await replaceSynced(file, canonicalJson(night));
    await syncFolder(dirname(dirname(file)));
  }

  /** @throws HwlabError `night-unknown` (usage) with the near matches, or `data-invalid`. */
  async readNight(night: string): Promise<Night> {
    try {
      return await loadDataFile<Night>(this.#recordPath(night), 'night');
    } catch (error) {
      if (!(error instanceof HwlabError) || error.code !== 'data-missing') throw error;
      const known = await this.nights();
      throw new HwlabError({ code: 'night-unknown', blame: 'usage', message: `there is no night "${night}" in ${this.folder}${didYouMean(night, known.toReversed())}`, cause: error });
    }
  }

  /** Ends writing and releases the locks. */
  async close(): Promise<void> {
    const open = [...this.#writing.values()];
    this.#writing.clear();
    for (const night of open) await (await night.catch(() => undefined))?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #recordPath(night: string): string {
    return nightFilePath(this.folder, night).replace(/jsonl$/, 'night.json');
  }

  #nightFile(night: string): Promise<NightFile> {
    const open = this.#writing.get(night) ?? NightFile.open(this.folder, night);
    this.#writing.set(night, open);
    open.catch(() => this.#writing.delete(night));
    return open;
  }
}

function matches({ cell }: Result, filter: ResultFilter): boolean {
  return (['device', 'model', 'image', 'suite'] as const).every((key) => filter[key] === undefined || filter[key] === cell[key]);
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
