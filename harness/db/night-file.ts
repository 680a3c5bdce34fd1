import { constants, createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HwlabError } from '../base/hwlab-error.ts';
import { appendSynced, syncFolder, writeError } from './durable-file.ts';
import type { Result } from './generated/result.ts';
import { LockFile } from './lock-file.ts';
import { readResultLines, longestResult, type BadLine } from './read-results.ts';
import { violationsOf } from './parse-data.ts';
import { pointerOf } from './describe-violation.ts';

/** What was found in a night's file when it was opened for writing. */
export interface Recovery {
  /** Results that are there. */
  readonly results: readonly Result[];
  /** Lines that are no results; they stay where they are. */
  readonly badLines: readonly BadLine[];
  /** Bytes of a torn last line that were moved to `<file>.torn`; 0 if there was none. */
  readonly tornBytes: number;
}

/**
 * The results of one night, open for appending by this process only.
 * One result is one line; a line counts once it ends with a line feed and is synced.
 */
export class NightFile implements AsyncDisposable {
  readonly file: string;
  readonly recovery: Recovery;
  readonly #handle: FileHandle;
  readonly #lock: LockFile;
  readonly #ids: Set<string>;
  #size: number;
  #broken: HwlabError | undefined;
  #queue: Promise<void> = Promise.resolve();

  private constructor(file: string, handle: FileHandle, lock: LockFile, recovery: Recovery, size: number) {
    this.file = file;
    this.recovery = recovery;
    this.#handle = handle;
    this.#lock = lock;
    this.#ids = new Set(recovery.results.map((result) => result.id));
    this.#size = size;
  }

  /** Takes the night's lock, cuts off a torn last line and makes the file if it is new. */
  static async open(resultsFolder: string, night: string): Promise<NightFile> {
    const file = nightFilePath(resultsFolder, night);
    await makeFolder(dirname(file));
    const lock = await LockFile.take(file.replace(/jsonl$/, 'lock'), `the night ${night}`);
    let opened: FileHandle | undefined;
    try {
      const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o644);
      opened = handle;
      const recovery = await recover(file, handle);
      await handle.sync();
      await syncFolder(dirname(file));
      return new NightFile(file, handle, lock, recovery, (await handle.stat()).size);
    } catch (error) {
      await opened?.close();
      await lock.release();
      throw writeError(file, error);
    }
  }

  /**
   * Appends one result; it is on disk when this resolves. Calls are done in order.
   * @throws HwlabError `result-invalid`, `result-duplicate` (harness), `no-disk-space`, `write-failed`, `lock-lost` (lab)
   */
  append(result: Result): Promise<void> {
    const done = this.#queue.then(() => this.#append(result));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#handle.close();
    await this.#lock.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #append(result: Result): Promise<void> {
    if (this.#broken) throw this.#broken;
    const bytes = Buffer.from(`${checked(result)}\n`);
    if (this.#ids.has(result.id)) throw refused('result-duplicate', result, `there is a result ${result.id} already`);
    if (bytes.length > longestResult) throw refused('result-invalid', result, `result ${result.id} has ${bytes.length} bytes, more than ${longestResult}`);
    await this.#lock.check();
    try {
      await appendSynced(this.#handle, this.file, this.#size, bytes);
    } catch (error) {
      // Half a line is left behind that could not be cut off: the next line must not be joined to it.
      if (error instanceof HwlabError && error.facts['cutOff'] === false) this.#broken = error;
      throw error;
    }
    this.#size += bytes.length;
    this.#ids.add(result.id);
  }
}

/**
 * `<results>/<YYYY-MM>/<night>.jsonl`.
 * @throws HwlabError `night-id-invalid`, blame `usage`, unless the id starts with its date as newRunId's do.
 */
export function nightFilePath(resultsFolder: string, night: string): string {
  const [, year, month] = /^(\d{4})(\d{2})\d{2}-[a-z0-9-]{1,48}$/.exec(night) ?? [];
  if (year === undefined || month === undefined) {
    throw new HwlabError({ code: 'night-id-invalid', blame: 'usage', message: `"${night.slice(0, 80)}" is not the id of a night; one looks like 20261122-031500-k3xq` });
  }
  return join(resultsFolder, `${year}-${month}`, `${night}.jsonl`);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await syncFolder(dirname(folder));
    await syncFolder(dirname(dirname(folder)));
  } catch (error) {
    throw writeError(folder, error);
  }
}

async function recover(file: string, handle: FileHandle): Promise<Recovery> {
  const results: Result[] = [];
  const badLines: BadLine[] = [];
  let whole = 0;
  for await (const line of readResultLines(file)) {
    if ('result' in line) results.push(line.result);
    else if (!line.bad.unfinished) badLines.push(line.bad);
    if ('result' in line || !line.bad.unfinished) whole = line.end;
  }
  const { size } = await stat(file);
  if (size > whole) await cutOff(file, handle, whole);
  return { results, badLines, tornBytes: size - whole };
}

/** Moves what is behind `whole` to `<file>.torn`; the copy is on disk before the original goes. */
async function cutOff(file: string, handle: FileHandle, whole: number): Promise<void> {
  const torn = `${file}.torn`;
  await pipeline(createReadStream(file, { start: whole }), createWriteStream(torn, { flags: 'a', flush: true }));
  await syncFolder(dirname(torn));
  await handle.truncate(whole);
}

/** The result's line, after checking that it keeps the schema as it will be read back. */
function checked(result: Result): string {
  const line = JSON.stringify(result);
  const [violation] = violationsOf(JSON.parse(line), 'result');
  if (violation) throw refused('result-invalid', result, `result ${String(result.id)} at ${pointerOf(violation.path) || '(root)'}: expected ${violation.expected}, found ${violation.found}`);
  return line;
}

function refused(code: string, result: Result, message: string): HwlabError {
  return new HwlabError({ code, blame: 'harness', message, facts: { result: String(result.id), cell: String(result.cell?.id) } });
}
