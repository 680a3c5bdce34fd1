import { FileLock, tryFileLock } from '../base/file-lock.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { writeError } from './durable-file.ts';

/** The lock of something in the database that has one writer. It does not wait: two nights into one file is a mistake. */
export class LockFile implements AsyncDisposable {
  readonly #lock: FileLock;

  private constructor(lock: FileLock) {
    this.#lock = lock;
  }

  get path(): string {
    return this.#lock.path;
  }

  /**
   * @param what what it guards, for the message
   * @throws HwlabError `database-locked`, blame `usage`, while another process (or this one) holds it.
   */
  static async take(path: string, what: string): Promise<LockFile> {
    const taken = await tryFileLock(path, '', 'held').catch((error: unknown) => {
      throw writeError(path, error);
    });
    if (taken instanceof FileLock) return new LockFile(taken);
    throw new HwlabError({
      code: 'database-locked',
      blame: 'usage',
      message: `${what} is being written by ${taken.words} (${path})`,
      advice: 'wait until it has ended; if that host is gone for good, delete the lock file',
      facts: { file: path, holder: taken.words },
    });
  }

  /** @throws HwlabError `lock-lost`, blame `lab`, if the file is no longer ours. */
  async check(): Promise<void> {
    if (await this.#lock.isOurs()) return;
    throw new HwlabError({
      code: 'lock-lost',
      blame: 'lab',
      message: `${this.path} was removed or replaced while in use; nothing more is written`,
      advice: 'do not delete lock files of running nights; continue with hwlab nightly --resume',
    });
  }

  async release(): Promise<void> {
    await this.#lock.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
