import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deadline } from './deadline.ts';
import { HwlabError } from './hwlab-error.ts';
import { randomId } from './random-id.ts';

interface LockOwner {
  readonly pid: number;
  /** Start time of the process in clock ticks since boot, /proc/PID/stat field 22: tells a process from a later one with its number. */
  readonly started: string;
  readonly boot: string;
  readonly what: string;
}

/**
 * Takes the lock file `path`, waiting for a living owner to let go; a lock left by a dead process is taken over.
 * @param what words for those who wait, for example `builds the image debian-12`
 * @param onWait called once, with the owner's words, when there is somebody to wait for
 * @returns releases the lock
 * @throws HwlabError `deadline-exceeded`
 */
export async function takeFileLock(path: string, what: string, deadline: Deadline, onWait: (owner: string) => void = () => undefined): Promise<AsyncDisposable> {
  const mine: LockOwner = { pid: process.pid, started: startOf(process.pid) ?? '', boot: bootId(), what };
  let told = false;
  for (;;) {
    deadline.check(`waiting for the lock ${path}`);
    const draft = `${path}.${randomId(8)}`;
    await writeFile(draft, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
    try {
      await link(draft, path);
      return { [Symbol.asyncDispose]: () => unlink(path).catch(() => undefined) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await unlink(draft).catch(() => undefined);
    }
    const owner = await ownerOf(path);
    if (owner === undefined) continue;
    if (!lives(owner)) {
      await removeStale(path, owner);
      continue;
    }
    if (!told) onWait(`process ${owner.pid}, which ${owner.what}`);
    told = true;
    await delay(Math.min(200, deadline.remaining), undefined, { signal: deadline.signal }).catch(() => undefined);
    if (deadline.expired) {
      throw new HwlabError({
        code: 'lock-held',
        blame: 'lab',
        retryable: true,
        message: `process ${owner.pid}, which ${owner.what}, still holds the lock ${path}`,
        advice: `wait for it to end, or end it: kill ${owner.pid}`,
      });
    }
  }
}

async function ownerOf(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockOwner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // A lock file is linked when complete, so an unreadable one comes from a full disk or a power cut.
    return { pid: 0, started: '', boot: '', what: 'is unknown' };
  }
}

function lives(owner: LockOwner): boolean {
  return owner.boot === bootId() && owner.started !== '' && startOf(owner.pid) === owner.started;
}

/** Two processes may find the same stale lock: the file is moved away first, and put back if it turns out to be a new one. */
async function removeStale(path: string, seen: LockOwner): Promise<void> {
  const aside = `${path}.${randomId(8)}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await ownerOf(aside);
  if (moved !== undefined && (moved.pid !== seen.pid || moved.started !== seen.started) && lives(moved)) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

/** When a living process started, in clock ticks since the host's boot (proc(5), stat field 22); undefined if there is none, or only a zombie. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Changes at every boot of the host. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
