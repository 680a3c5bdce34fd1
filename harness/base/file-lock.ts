import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deadline } from './deadline.ts';
import { HwlabError } from './hwlab-error.ts';
import { processState, thisProcess, type ProcessIdentity } from './process-identity.ts';
import { randomId } from './random-id.ts';

/** How often a lock that vanishes or turns out stale is tried again at once; each try is one of several rivals winning. */
const mostTries = 20;
const pollEvery = 200;

/** Who has a lock that could not be taken. */
export interface LockHolder {
  /** Undefined when it is not known. */
  readonly pid?: number;
  /** In words: `process 12 on lab, which builds the image debian-12`. */
  readonly words: string;
}

/** What a lock file that cannot be read means: `stale`, it is taken over; `held`, a person has to look. */
export type Unreadable = 'stale' | 'held';

/**
 * A lock that is a file holding the identity of its process. A lock left by a process that is gone is taken over. Who writes under it checks first
 * that the file is still ours, so that even a person who deletes it cannot make two writers.
 */
export class FileLock implements AsyncDisposable {
  readonly path: string;
  /** What the file says: the process and a random word, since a process can take and leave the same lock many times. */
  readonly #content: string;

  /** @internal use `tryFileLock` or `takeFileLock` */
  constructor(path: string, content: string) {
    this.path = path;
    this.#content = content;
  }

  /** Whether the file is still the one that was taken. */
  async isOurs(): Promise<boolean> {
    return (await readFile(this.path, 'utf8').catch(() => undefined)) === this.#content;
  }

  async release(): Promise<void> {
    if (await this.isOurs()) await rm(this.path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Takes the lock file `path`, or says who has it.
 * @param what words for those who find it held, for example `builds the image debian-12`
 * @throws the error of the file system when the lock cannot be written
 */
export async function tryFileLock(path: string, what: string, unreadable: Unreadable = 'stale'): Promise<FileLock | LockHolder> {
  const word = randomId(16);
  const mine = `${path}.${process.pid}.${word}`;
  const content = `${JSON.stringify({ ...thisProcess(), word, what })}\n`;
  try {
    await writeFile(mine, content, { flag: 'wx', mode: 0o644 });
    for (let tries = 0; tries < mostTries; tries += 1) {
      // link(2) is atomic and brings name and content at once: nobody ever reads an empty lock.
      if (await linked(mine, path)) return new FileLock(path, content);
      const holder = await holderOrRemove(path, unreadable);
      if (holder) return holder;
    }
    return { words: 'others who take and leave it' };
  } finally {
    await rm(mine, { force: true });
  }
}

/**
 * Takes the lock file `path`, waiting for a living owner to let go.
 * @param onWait called once, with the owner's words, when there is somebody to wait for
 * @throws HwlabError `lock-held`, blame `lab`, when the deadline comes first
 */
export async function takeFileLock(path: string, what: string, deadline: Deadline, onWait: (owner: string) => void = () => undefined): Promise<FileLock> {
  let told = false;
  for (;;) {
    deadline.check(`waiting for the lock ${path}`);
    const taken = await tryFileLock(path, what);
    if (taken instanceof FileLock) return taken;
    if (!told) onWait(taken.words);
    told = true;
    await delay(Math.min(pollEvery, deadline.remaining), undefined, { signal: deadline.signal }).catch(() => undefined);
    if (deadline.expired) {
      throw new HwlabError({
        code: 'lock-held',
        blame: 'lab',
        retryable: true,
        message: `${taken.words}, still holds the lock ${path}`,
        advice: `wait for it to end${taken.pid === undefined ? '' : `, or end it: kill ${taken.pid}`}`,
      });
    }
  }
}

/** Who has the lock; undefined when it is gone, or was stale and is gone now. */
async function holderOrRemove(path: string, unreadable: Unreadable): Promise<LockHolder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const owner = parseOwner(text);
  if (!owner && unreadable === 'held') return { words: 'something that wrote no readable lock' };
  if (owner && processState(owner) !== 'gone') {
    return { pid: owner.pid, words: `process ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`}${owner.what === '' ? '' : `, which ${owner.what}`}` };
  }
  // Only one rival can rename a given file. If a fresh lock came in between, it is put back; its owner checks at every use.
  const aside = `${path}.stale.${randomId(8)}`;
  try {
    await rename(path, aside);
  } catch {
    return undefined;
  }
  if ((await readFile(aside, 'utf8')) !== text) await linked(aside, path);
  await rm(aside, { force: true });
  return undefined;
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

/** A lock file is linked when complete, so one that does not parse comes from a full disk, a power cut, or somebody else. */
function parseOwner(text: string): (ProcessIdentity & { readonly what: string }) | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity & { what: string }> | null;
    if (!Number.isInteger(value?.pid)) return undefined;
    const { pid, host, boot, started, what } = value as Partial<ProcessIdentity & { what: string }>;
    return { pid: pid as number, host: typeof host === 'string' ? host : hostname(), boot: String(boot), started: String(started), what: typeof what === 'string' ? what : '' };
  } catch {
    return undefined;
  }
}
