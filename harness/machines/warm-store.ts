import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { takeFileLock } from '../base/file-lock.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { cacheFolder } from '../base/places.ts';
import { randomId } from '../base/random-id.ts';
import { ownerLives, readOwner, thisOwner, writeOwner } from './machine-owner.ts';

/** A machine that booted, settled and was frozen: what a clone starts from. None of its files is written to. */
export interface WarmImage {
  readonly folder: string;
  readonly disk: string;
  readonly memory: string;
  readonly state: string;
  readonly manifest: WarmManifest;
}

export interface WarmManifest {
  readonly schema: 'hwlab/warm/1';
  readonly key: string;
  readonly imageId: string;
  readonly profileId: string;
  readonly builtAt: string;
  /** The guest's public SSH host key. */
  readonly hostKey: string;
  /** Size that the memory file must have. */
  readonly memoryBytes: number;
  readonly stateBytes: number;
  /** Milliseconds of its making. */
  readonly timings: Readonly<Record<string, number>>;
}

export function warmRoot(): string {
  return join(cacheFolder(), 'warm');
}

/** Most bytes on disk of all memory images: `HWLAB_WARM_LIMIT` in MiB, 8 GiB by default. */
export function warmLimit(): number {
  const asked = process.env['HWLAB_WARM_LIMIT'];
  if (asked === undefined) return 8 * 2 ** 30;
  const mebibytes = Number(asked);
  if (Number.isFinite(mebibytes) && mebibytes > 0) return mebibytes * 2 ** 20;
  throw new HwlabError({ code: 'bad-setting', blame: 'usage', message: `HWLAB_WARM_LIMIT is "${asked.slice(0, 40)}", not a number of MiB` });
}

/** The memory image of this key, marked as used now; undefined if there is none or a file of it is missing or has another size. */
export async function findWarm(key: string): Promise<WarmImage | undefined> {
  const folder = join(warmRoot(), key);
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as WarmManifest;
    const image = { folder, disk: join(folder, 'disk.qcow2'), memory: join(folder, 'memory'), state: join(folder, 'state'), manifest };
    const [memory, state] = await Promise.all([stat(image.memory), stat(image.state), stat(image.disk)]);
    if (manifest.schema !== 'hwlab/warm/1' || manifest.key !== key || memory.size !== manifest.memoryBytes || state.size !== manifest.stateBytes) return undefined;
    const now = new Date();
    await utimes(join(folder, 'manifest.json'), now, now);
    return image;
  } catch {
    return undefined;
  }
}

/** Keeps others from making the same memory image at the same time. */
export async function lockWarm(key: string, deadline: Deadline, onWait: (owner: string) => void): Promise<AsyncDisposable> {
  await mkdir(warmRoot(), { recursive: true, mode: 0o700 });
  return takeFileLock(join(warmRoot(), `${key}.lock`), 'prepares this machine', deadline, onWait);
}

/** An empty folder in which a memory image is made. */
export async function newWarmDraft(runId: string): Promise<string> {
  const folder = join(warmRoot(), `.draft-${randomId(8)}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeOwner(folder, thisOwner(runId));
  return folder;
}

/** Puts a finished draft in its place, in one rename. Clones of one that was there go on with the files they have open. */
export async function publishWarm(draft: string, manifest: WarmManifest): Promise<void> {
  await writeFile(join(draft, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flush: true });
  await removeWarm(manifest.key);
  await rm(join(draft, 'owner.json'), { force: true });
  await rename(draft, join(warmRoot(), manifest.key));
}

/** Takes a memory image out of use: moved aside in one step, then removed. */
export async function removeWarm(key: string): Promise<void> {
  const aside = join(warmRoot(), `.draft-${randomId(8)}`);
  // Labelled first, so that a removal that is killed half-way is finished by the reaper.
  await writeOwner(join(warmRoot(), key), thisOwner('removal')).catch(() => undefined);
  try {
    await rename(join(warmRoot(), key), aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

/** Removes half-made memory images of dead processes; gives their folders. */
export async function removeDeadDrafts(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(warmRoot()).catch(() => [])) {
    const folder = join(warmRoot(), name);
    const owner = name.startsWith('.draft-') ? await readOwner(folder) : undefined;
    if (!owner || ownerLives(owner)) continue;
    await rm(folder, { recursive: true, force: true });
    removed.push(folder);
  }
  return removed;
}

/** Removes the memory images that were not used for longest until the rest is within `limit` bytes; those in `keep` stay. */
export async function pruneWarm(limit: number, keep: readonly string[]): Promise<readonly string[]> {
  const found: { key: string; usedAt: number; bytes: number }[] = [];
  for (const name of await readdir(warmRoot()).catch(() => [])) {
    if (!/^[0-9a-f]{32}$/.test(name)) continue;
    const folder = join(warmRoot(), name);
    const usedAt = await stat(join(folder, 'manifest.json')).then((seen) => seen.mtimeMs, () => 0);
    found.push({ key: name, usedAt, bytes: await bytesOnDisk(folder) });
  }
  const removed: string[] = [];
  let total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { key, bytes } of found.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= limit) break;
    if (keep.includes(key)) continue;
    await removeWarm(key);
    total -= bytes;
    removed.push(key);
  }
  return removed;
}

async function bytesOnDisk(folder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(folder).catch(() => [])) sum += await stat(join(folder, name)).then((seen) => seen.blocks * 512, () => 0);
  return sum;
}
