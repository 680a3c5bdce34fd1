import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { HwlabError } from '../base/hwlab-error.ts';
import { randomId } from '../base/random-id.ts';
import { writeError } from './durable-file.ts';
import { processState, thisProcess, type ProcessIdentity } from './process-identity.ts';

/** How often a lock that vanishes or turns out stale is tried again; each try is one of several rivals winning. */
const mostTries = 20;

/**
 * A lock that is a file holding the identity of its process. A lock left by a process that is gone is taken over. Every use
 * checks that the file is still ours, so that even a person who deletes it cannot make two writers.
 */
export class LockFile implements AsyncDisposable {
  readonly path: string;
  /** What the file says: the process and a random word, since a process can take and leave the same lock many times. */
  readonly #content: string;

  private constructor(path: string, content: string) {
    this.path = path;
    this.#content = content;
  }

  /**
   * @param what what it guards, for the message
   * @throws HwlabError `database-locked`, blame `usage`, while another process (or this one) holds it.
   */
  static async take(path: string, what: string): Promise<LockFile> {
    const word = randomId(16);
    const mine = `${path}.${process.pid}.${word}`;
    const content = `${JSON.stringify({ ...thisProcess(), word })}\n`;
    try {
      await writeFile(mine, content, { flag: 'wx' });
      for (let tries = 0; tries < mostTries; tries += 1) {
        // link(2) is atomic and brings name and content at once: nobody ever reads an empty lock.
        if (await linked(mine, path)) return new LockFile(path, content);
        await removeIfStale(path, what);
      }
      throw locked(path, what, 'others who take and leave it');
    } catch (error) {
      throw writeError(path, error);
    } finally {
      await rm(mine, { force: true });
    }
  }

  /** @throws HwlabError `lock-lost`, blame `lab`, if the file is no longer ours. */
  async check(): Promise<void> {
    if (await this.#isOurs()) return;
    throw new HwlabError({
      code: 'lock-lost',
      blame: 'lab',
      message: `${this.path} was removed or replaced while in use; nothing more is written`,
      advice: 'do not delete lock files of running nights; continue with hwlab nightly --resume',
    });
  }

  async release(): Promise<void> {
    if (await this.#isOurs()) await rm(this.path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #isOurs(): Promise<boolean> {
    return (await readFile(this.path, 'utf8').catch(() => undefined)) === this.#content;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(path: string, what: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const holder = parseIdentity(text);
  if (!holder) throw locked(path, what, 'something that wrote no readable lock');
  if (processState(holder) !== 'gone') throw locked(path, what, `process ${holder.pid} on ${holder.host}`);
  // Only one rival can rename a given file. If a fresh lock came in between, it is put back; its owner checks at every use.
  const aside = `${path}.stale.${randomId(8)}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== text) await linked(aside, path);
  await rm(aside, { force: true });
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity> | null;
    if (!Number.isInteger(value?.pid) || typeof value?.host !== 'string') return undefined;
    return { pid: value.pid as number, host: value.host, boot: String(value.boot), started: String(value.started) };
  } catch {
    return undefined;
  }
}

function locked(path: string, what: string, holder: string): HwlabError {
  return new HwlabError({
    code: 'database-locked',
    blame: 'usage',
    message: `${what} is being written by ${holder} (${path})`,
    advice: 'wait until it has ended; if that host is gone for good, delete the lock file',
    facts: { file: path, holder },
  });
}
