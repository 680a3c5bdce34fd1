import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { destroyDomain, domainLabel, labDomains } from '../drivers/libvirt/domains.ts';
import { holdsRoot } from './hold-record.ts';
import { disksRoot, socketsRoot } from '../machines/machine-folders.ts';
import { ownerLives, readOwner, type MachineOwner } from '../machines/machine-owner.ts';
import { removeDeadDrafts } from '../machines/warm-store.ts';

/** What a reaper removed, by name. */
export interface Reaped {
  readonly domains: readonly string[];
  readonly folders: readonly string[];
}

/** What the reaper looks at; tests give their own. */
export interface ReapParts {
  readonly domains: {
    list(): Promise<readonly string[]>;
    owner(name: string): Promise<MachineOwner | undefined>;
    destroy(name: string): Promise<void>;
  };
  /** Folders that hold one labelled folder a machine. */
  readonly roots: readonly string[];
  readonly lives: (owner: MachineOwner) => boolean;
  readonly now: number;
}

/** A folder gets its label right after it is made; one that has none after this long never will. */
const unlabelledFor = 10 * 60_000;

/**
 * Removes the domains and folders of runs whose process is dead; what a living run made, and what is not labelled as the lab's, stays.
 * @throws HwlabError of libvirt, blame `lab`
 */
export async function reap(deadline: Deadline = Deadline.after(60_000)): Promise<Reaped> {
  const reaped = await reapWith({
    domains: { list: async () => labDomains(deadline), owner: async (name) => domainLabel(name, deadline), destroy: async (name) => destroyDomain(name, deadline) },
    roots: [socketsRoot(), disksRoot(), holdsRoot()],
    lives: ownerLives,
    now: Date.now(),
  });
  return { domains: reaped.domains, folders: [...reaped.folders, ...(await removeDeadDrafts())] };
}

export async function reapWith(parts: ReapParts): Promise<Reaped> {
  const domains: string[] = [];
  const folders: string[] = [];
  for (const name of await parts.domains.list()) {
    const owner = await parts.domains.owner(name);
    if (!owner || parts.lives(owner)) continue;
    await parts.domains.destroy(name);
    domains.push(name);
  }
  // Domains first: a disk must not go while a guest writes to it.
  for (const root of parts.roots) {
    for (const name of await readdir(root).catch(() => [])) {
      const folder = join(root, name);
      if (!(await isLeft(folder, parts))) continue;
      await rm(folder, { recursive: true, force: true });
      folders.push(folder);
    }
  }
  return { domains, folders };
}

async function isLeft(folder: string, parts: ReapParts): Promise<boolean> {
  const owner = await readOwner(folder);
  if (owner) return !parts.lives(owner);
  const made = await stat(folder).then((seen) => seen.mtimeMs, () => parts.now);
  return parts.now - made > unlabelledFor;
}
