import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { cacheFolder, runtimeFolder } from '../base/places.ts';
import { newRunId, randomId } from '../base/random-id.ts';
import type { Scope } from '../base/scope.ts';
import { thisOwner, writeOwner, type MachineOwner } from './machine-owner.ts';

/** Folder of the sockets of all running machines. */
export function socketsRoot(): string {
  return join(runtimeFolder(), 'm');
}

/** Folder of the disks of all running machines; they may grow, so they are not where the sockets are. */
export function disksRoot(): string {
  return join(cacheFolder(), 'running');
}

export interface MachineFolders {
  readonly sockets: string;
  readonly disks: string;
}

/** The two private folders of one running machine, labelled with their owner; removed at the end of `scope`. */
export async function makeMachineFolders(owner: MachineOwner, scope: Scope): Promise<MachineFolders> {
  const id = randomId(8);
  const folders = { sockets: join(socketsRoot(), id), disks: join(disksRoot(), id) };
  if (Buffer.byteLength(join(folders.sockets, 'console')) > 107) {
    throw new HwlabError({ code: 'path-too-long', blame: 'usage', message: `${folders.sockets} is too long for a unix socket (107 bytes)`, advice: 'set HWLAB_RUNTIME to a shorter path' });
  }
  for (const folder of [folders.sockets, folders.disks]) {
    scope.onEnd(`folder ${folder}`, async () => rm(folder, { recursive: true, force: true }));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeOwner(folder, owner);
  }
  return folders;
}

/**
 * A folder beside the disks for something else of this process that may grow, labelled like them: one without a label would be taken for a leftover after ten
 * minutes, and one of a process that was killed would stay.
 * @returns its path; whoever made it removes it
 */
export async function makeWorkFolder(what: string): Promise<string> {
  await mkdir(disksRoot(), { recursive: true });
  const folder = await mkdtemp(join(disksRoot(), `${what}-`));
  await writeOwner(folder, thisOwner(newRunId(new Date())));
  return folder;
}
